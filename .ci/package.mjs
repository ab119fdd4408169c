// `npm run package`: makes netwright-VERSION.vsix of the bundles, without node_modules, and refuses one that is too large.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { install } from './install.mjs';
import { inPackages, root, run } from './machine.mjs';

const limit = 5_000_000;

const problem = await install('packages');
if (problem !== undefined) process.exit(1);
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const file = path.join(root, `netwright-${version}.vsix`);
await run(process.execPath, [inPackages('@vscode/vsce/vsce'), 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', file], { title: 'vsce package' });
const { size } = statSync(file);
console.log(`${path.basename(file)}: ${(size / 1_000_000).toFixed(2)} MB`);
if (size >= limit) {
  console.error(`It must be smaller than ${limit / 1_000_000} MB.`);
  process.exitCode = 1;
}
