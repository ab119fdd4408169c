import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../support/paths.js';

interface Locked {
  readonly version: string;
  readonly integrity: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A package of package-lock.json and all that it needs, where Node would find it. */
function closure(packages: Readonly<Record<string, Locked>>, name: string): readonly { readonly place: string; readonly version: string; readonly integrity: string }[] {
  const found = new Map<string, Locked>();
  const locate = (from: string, wanted: string): string => {
    for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
      const place = `${at === '' ? '' : `${at}/`}node_modules/${wanted}`;
      if (packages[place]) return place;
      if (at === '') throw new Error(`package-lock.json has no ${wanted}, which ${from} needs`);
      if (!at.includes('/node_modules/')) at = '';
    }
  };
  const visit = (place: string): void => {
    const locked = packages[place] as Locked;
    if (found.has(place)) return;
    found.set(place, locked);
    for (const dependency of Object.keys(locked.dependencies ?? {})) visit(locate(place, dependency));
  };
  visit(`node_modules/${name}`);
  return [...found].map(([place, { version, integrity }]) => ({ place, version, integrity })).sort((a, b) => (a.place < b.place ? -1 : 1));
}

test('media/parts.json names the packages of the parts as they are tested here, with their checksums', () => {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as { readonly packages: Readonly<Record<string, Locked>> };
  const dawn = packages['node_modules/webgpu'] as Locked;
  // At run time Dawn needs none of the packages that build it.
  const expected = { webgpu: [{ place: 'node_modules/webgpu', version: dawn.version, integrity: dawn.integrity }], 'tfjs-node': closure(packages, '@tensorflow/tfjs-node') };
  for (const each of Object.values(expected).flat()) expect(each.integrity, each.place).toMatch(/^sha512-/);
  const lines = Object.entries(expected).map(([part, list]) => `  ${JSON.stringify(part)}: [\n${list.map((each) => `    ${JSON.stringify(each)}`).join(',\n')}\n  ]`);
  const text = `{\n${lines.join(',\n')}\n}\n`;
  const file = path.join(root, 'media', 'parts.json');
  if (process.env['UPDATE']) writeFileSync(file, text);
  expect(readFileSync(file, 'utf8'), 'UPDATE=1 rewrites it').toBe(text);
});
