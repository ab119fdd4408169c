import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

let found: string | undefined;

/** The folder of this package (checkout, installed package or extension): the nearest one upwards whose package.json says so. It holds media/ and dist/. */
export function packageFolder(): string {
  found ??= search(__dirname) ?? path.dirname(__dirname);
  return found;
}

function search(folder: string): string | undefined {
  const manifest = path.join(folder, 'package.json');
  if (existsSync(manifest)) {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly name?: string };
    if (name === 'netwright') return folder;
  }
  const parent = path.dirname(folder);
  return parent === folder ? undefined : search(parent);
}
