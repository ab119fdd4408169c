import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageFolder } from '../package-folder.js';
import { download } from './download.js';
import type { Getting } from './part.js';
import { published, registryOf } from './registry.js';
import { unpack } from './tarball.js';

/** A package of a part as it was tested: `place` below the part's folder, and the checksum that it had. */
export interface Package {
  readonly place: string;
  readonly version: string;
  readonly integrity: string;
}

/** The packages of media/parts.json, which is made from package-lock.json. */
export function packagesOf(part: string): readonly Package[] {
  const all = JSON.parse(readFileSync(path.join(packageFolder(), 'media', 'parts.json'), 'utf8')) as Readonly<Record<string, readonly Package[]>>;
  return all[part] ?? [];
}

/** The name of a package by where it stands: "node_modules/a/node_modules/@b/c" is @b/c. */
export const nameOf = (place: string): string => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Downloads at the same time. */
const lanes = 4;

/** Fetches packages from the registry that npm is configured with, and unpacks those of their files that are wanted. */
export async function fetchPackages(packages: readonly Package[], { folder, downloads, env, say }: Getting, keep: (name: string, file: string) => boolean): Promise<void> {
  const registry = await registryOf(env);
  if (typeof registry !== 'string') throw new Error(registry.problem);
  const waiting = [...packages];
  let bytes = 0;
  let finished = 0;
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { place, version, integrity } = next;
      const name = nameOf(place);
      const { tarball, integrity: told } = await published(registry, name, version, env);
      if (told !== integrity) throw new Error(`${name} ${version} has the checksum ${told} in the registry, and ${integrity} was tested: it is not taken`);
      const file = path.join(downloads, `${name.replace('/', '-')}-${version}.tgz`);
      let seen = 0;
      await download(tarball, file, {
        integrity,
        env,
        progress: (have, total) => {
          bytes += Math.max(0, have - seen);
          seen = have;
          say(packages.length === 1 ? `${name} ${version}` : `${name} ${version} (package ${finished + 1} of ${packages.length})`, packages.length === 1 ? have : bytes, packages.length === 1 ? total : undefined);
        },
      });
      const target = path.join(folder, place);
      mkdirSync(target, { recursive: true });
      unpack(file, target, (inner) => keep(name, inner));
      finished++;
    }
  };
  const results = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = results.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}
