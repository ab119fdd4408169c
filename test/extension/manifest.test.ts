import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { manifest } from '../../extension/contributions.js';
import { root } from '../support/paths.js';

const file = path.join(root, 'package.json');

/** package.json with the parts that the tables in extension/contributions make. */
function generated(current: string): string {
  return `${JSON.stringify({ ...(JSON.parse(current) as object), ...manifest }, null, 2)}\n`;
}

it('package.json says what the tables in extension/ say (rewrite it with `npm run manifest`)', () => {
  const current = readFileSync(file, 'utf8');
  if (process.env['UPDATE'] !== undefined) writeFileSync(file, generated(current));
  else expect(current).toBe(generated(current));
});

it('every command in menus and keys is a command of the table', () => {
  const known = new Set(manifest.contributes.commands.map(({ command }) => command));
  const used = [...Object.values(manifest.contributes.menus).flat(), ...manifest.contributes.keybindings].map((item) => (item as { command: string }).command);
  expect(used.filter((command) => !known.has(command))).toEqual([]);
});
