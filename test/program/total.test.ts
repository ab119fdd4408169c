import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from '../../lib/document/index.js';
import type { JsonValue } from '../../lib/document/json.js';
import { exportPyTorch } from '../../lib/interop/pytorch/index.js';
import { buildProgram } from '../../lib/program/index.js';
import { root } from '../support/paths.js';

const folder = path.join(root, 'test/fixtures/examples');
const examples = readdirSync(folder).map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8').replace(/^\s*\/\/.*$/gmu, '')) as JsonValue);

/** Values that a hand or a bad merge may put anywhere. */
const odd: readonly JsonValue[] = [
  null, true, -1, 0, 1.5, 7, 1e9, 1e308, '', 'x', 'N', 'Conv2d', 'Add', 'Residual', 'Basic', 'bn', 'stage1[0]', 'stage1.1', '=', '=i', '=channels / 3', '=dim(x, 1)', '=dim(x, 0) > 2', '=1 / 0', '=stride[i]', '=true', "='same'",
  [], [1, '=i'], ['x', 'x'], [null], ['image', 3], {}, { times: 2, shared: true }, { times: 3, wiring: 'dense' }, { op: 'ReLU', in: ['x'] }, { op: 'Split', in: ['image'], sizes: 1 },
];

/** All places of a value. */
function places(value: JsonValue, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const below = value !== null && typeof value === 'object' ? Object.entries(value).flatMap(([key, child]: [string, JsonValue]) => places(child, [...at, Array.isArray(value) ? Number(key) : key])) : [];
  return [at, ...below];
}

function replaced(value: JsonValue, at: readonly (string | number)[], by: JsonValue | undefined): JsonValue {
  const [first, ...rest] = at;
  if (first === undefined) return by ?? null;
  if (Array.isArray(value)) return value.flatMap((child: JsonValue, k) => (k !== first ? [child] : rest.length === 0 && by === undefined ? [] : [replaced(child, rest, by)]));
  return Object.fromEntries(Object.entries(value as Record<string, JsonValue>).flatMap(([key, child]) => (key !== first ? [[key, child]] : rest.length === 0 && by === undefined ? [] : [[key, replaced(child, rest, by)]])));
}

const change = fc.record({ place: fc.nat(), value: fc.option(fc.integer({ min: 0, max: odd.length - 1 }), { nil: undefined }) });

describe('any change to a design', () => {
  it('still gives a program, and what it holds fits together; without errors it can be exported', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: examples.length - 1 }), fc.array(change, { minLength: 1, maxLength: 4 }), (k, changes) => {
      let design: JsonValue = examples[k]!;
      for (const { place, value } of changes) {
        const all = places(design).slice(1);
        if (all.length > 0) design = replaced(design, all[place % all.length]!, value === undefined ? undefined : odd[value]!);
      }
      const parsed = parse(JSON.stringify(design));
      const program = buildProgram(parsed.document);
      program.nodes.forEach((node, index) => {
        expect(node.index).toBe(index);
        expect(program.node(node.path)).toBe(node);
        for (const { origin } of node.inputs) if (origin.kind === 'node') expect(origin.node).toBeLessThan(index);
        if (node.state === 'ok') expect(node.outputs.every(({ shape }) => shape !== null && !shape.includes(null))).toBe(true);
      });
      for (const { place } of program.findings) expect(place.length === 0 || parsed.valueAt(place) !== undefined || parsed.valueAt(place.slice(0, -1)) !== undefined).toBe(true);
      const wrong = [...program.findings, ...parsed.problems].some(({ severity = 'error' }) => severity === 'error');
      if (!wrong) expect(exportPyTorch(program, { fileName: 'a.nnet.json' })).toMatch(/^""".*"""\n/u);
    }), { numRuns: 150, seed: 7 });
  });
});
