import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { partsFolder } from './folder.js';

/** What a part says while it is fetched. */
export interface Progress {
  readonly part: string;
  /** "webgpu 0.6.2", "compiling the addon". */
  readonly what: string;
  readonly bytes?: number;
  readonly total?: number;
}

export interface Getting {
  /** Where the part is built; it becomes the part's own folder when it is whole. */
  readonly folder: string;
  /** Where downloads lie until the part is whole. */
  readonly downloads: string;
  readonly env: NodeJS.ProcessEnv;
  say(what: string, bytes?: number, total?: number): void;
}

/** Something heavy that is not in the package, and is fetched on request. */
export interface Part {
  readonly title: string;
  /** What one waits for, and what it takes afterwards. */
  readonly size: string;
  readonly needs: string;
  /** Whether it is built where it will stay, since it remembers its own place. */
  readonly inPlace?: boolean;
  /** Brings it into `folder`; answers its version. Throws an Error that says what is wrong. */
  get(getting: Getting): Promise<string>;
}

interface Mark {
  readonly version: string;
  readonly at: string;
}

const markOf = (name: string, env: NodeJS.ProcessEnv): string => path.join(partsFolder(env), name, 'part.json');

/** The version of a part that is there and whole. */
export function versionOf(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  try {
    return (JSON.parse(readFileSync(markOf(name, env), 'utf8')) as Mark).version;
  } catch {
    return undefined;
  }
}

/** Fetches a part, in place of the one that may be there. */
export async function getPart(name: string, part: Part, say: (progress: Progress) => void, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const home = partsFolder(env);
  const place = path.join(home, name);
  const folder = part.inPlace ? place : `${place}.new`;
  const downloads = path.join(home, 'downloads', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    const version = await part.get({ folder, downloads, env, say: (what, bytes, total) => say({ part: name, what, ...(bytes !== undefined && { bytes }), ...(total !== undefined && { total }) }) });
    writeFileSync(path.join(folder, 'part.json'), `${JSON.stringify({ version, at: new Date().toISOString() } satisfies Mark)}\n`);
    if (folder !== place) {
      rmSync(place, { recursive: true, force: true });
      renameSync(folder, place);
    }
    rmSync(downloads, { recursive: true, force: true });
    return version;
  } catch (error) {
    // What was downloaded stays, so that the next attempt goes on with it.
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Takes a part away, with what an attempt may have left; false where there was none. */
export function removePart(name: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const home = partsFolder(env);
  const places = [path.join(home, name), path.join(home, `${name}.new`), path.join(home, 'downloads', name)].filter((place) => existsSync(place));
  for (const place of places) rmSync(place, { recursive: true, force: true });
  return places.length > 0;
}
