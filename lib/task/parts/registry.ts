import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { request } from './request.js';

/** Where a package's tarball lies and what its checksum is, as the registry says. */
export interface Published {
  readonly tarball: string;
  readonly integrity: string;
}

/** The registry that npm is configured with; or why nobody knows it. */
export async function registryOf(env: NodeJS.ProcessEnv = process.env): Promise<string | { readonly problem: string }> {
  const named = env['npm_config_registry'] ?? env['NPM_CONFIG_REGISTRY'];
  const found = named ?? (await askNpm(env)) ?? configured(env);
  if (found !== undefined && /^https?:\/\//.test(found)) return found.replace(/\/+$/, '');
  return { problem: 'npm is not on the PATH, so nobody knows the registry of packages: install Node.js with npm, or name a registry in npm_config_registry' };
}

function askNpm(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const windows = process.platform === 'win32';
  // Outside of any project: the configuration of a workspace that somebody sent has no say.
  return new Promise((resolve) => {
    execFile(windows ? 'npm.cmd' : 'npm', ['config', 'get', 'registry'], { cwd: os.homedir(), env, shell: windows, timeout: 30_000, windowsHide: true }, (error, stdout) => resolve(error ? undefined : stdout.trim() || undefined));
  });
}

/** The line of npm's own file, for a machine whose npm is not on the PATH of VS Code. */
function configured(env: NodeJS.ProcessEnv): string | undefined {
  try {
    return /^\s*registry\s*=\s*(\S+)/m.exec(readFileSync(env['NPM_CONFIG_USERCONFIG'] ?? path.join(os.homedir(), '.npmrc'), 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

/** What the registry says of one version of a package. Throws an Error where it says nothing. */
export async function published(registry: string, name: string, version: string, env: NodeJS.ProcessEnv = process.env): Promise<Published> {
  const url = `${registry}/${name.replace('/', '%2f')}/${version}`;
  const said = await saidAt(url, env).catch((error: Error) => {
    throw new Error(`${url}: ${error.message}`);
  });
  const { dist } = said as { readonly dist?: { readonly tarball?: unknown; readonly integrity?: unknown } };
  if (typeof dist?.tarball !== 'string' || typeof dist.integrity !== 'string') throw new Error(`${url}: the registry names no tarball with a checksum`);
  return { tarball: dist.tarball, integrity: dist.integrity };
}

/** What the registry says at a URL; throws an Error where that is no JSON. */
async function saidAt(url: string, env: NodeJS.ProcessEnv): Promise<object> {
  const { status, words, body } = await request(url, { signal: AbortSignal.timeout(60_000), env });
  if (status !== 200) {
    body.destroy();
    throw new Error(`the registry answers ${status} ${words}`);
  }
  const said: unknown = JSON.parse(await text(body));
  return typeof said === 'object' && said !== null ? said : {};
}
