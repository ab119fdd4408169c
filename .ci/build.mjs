import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { inPackages, root, run } from './machine.mjs';

const bundles = ['extension.js', 'netwright.js', 'editor.js', 'editor.css', 'layout-worker.js', 'lib.mjs'];
const sources = ['extension', 'webview', 'lib', 'webpack.config.mjs', 'package-lock.json'];

/**
 * Time of the latest change below a path.
 * @param {string} place
 * @returns {number}
 */
function changed(place) {
  const state = statSync(place);
  return state.isDirectory() ? Math.max(state.mtimeMs, ...readdirSync(place).map((name) => changed(path.join(place, name)))) : state.mtimeMs;
}

/** Builds dist/ where a bundle is missing or older than a source. */
export async function buildIfStale() {
  const files = bundles.map((name) => path.join(root, 'dist', name));
  if (files.every((file) => existsSync(file))) {
    const oldest = Math.min(...files.map((file) => statSync(file).mtimeMs));
    if (sources.every((place) => changed(path.join(root, place)) <= oldest)) return;
  }
  console.log('Building ...');
  const start = Date.now();
  await run(process.execPath, [inPackages('webpack-cli/bin/cli.js'), '--mode', 'production'], { title: 'Building' });
  console.log(`Built in ${Math.round((Date.now() - start) / 1000)} s.`);
}
