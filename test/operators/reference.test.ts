import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { reference } from '../../lib/operators/reference.js';
import { operators } from '../../lib/operators/index.js';
import { root } from '../support/paths.js';

const file = path.join(root, 'media/operators.md');

it('media/operators.md is what the tables say (UPDATE=1 writes it)', () => {
  if (process.env['UPDATE'] === '1') writeFileSync(file, reference());
  expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(reference());
});

it('every operator has a sentence, and every parameter too', () => {
  for (const op of operators.values()) {
    expect(`${op.type}: ${op.doc}`).toMatch(/\.$/);
    for (const [name, { doc }] of op.params) expect(`${op.type}.${name}: ${doc}`).toMatch(/\.$/);
  }
});

it('no parameter has the name of a word of the format', () => {
  const words = ['op', 'in', 'weights', 'when', 'off', 'repeat', 'freeze', 'initialize', 'note', 'allow'];
  for (const op of operators.values()) for (const word of words) expect(op.params.has(word), `${op.type}.${word}`).toBe(false);
});
