import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from '../../lib/document/index.js';
import { buildProgram, type Program } from '../../lib/program/index.js';
import { formatDim } from '../../lib/shapes/index.js';
import { root } from '../support/paths.js';

const said = ({ nodes, findings, weights, outputs }: Program) => ({
  nodes: nodes.map(({ path: place, state, outputs: tensors, parameters, macs, weights: own }) => [place, state, tensors.map(({ shape, dtype }) => [shape?.map(formatDim), dtype]), formatDim(parameters), formatDim(macs), own.map(({ key, shape }) => [key, shape.map(formatDim)])]),
  findings,
  weights: [...weights.keys()],
  outputs: outputs.map(({ name, value }) => [name, value.origin]),
});

it.each(['residual-20', 'resnet34-head', 'unet', 'dense-block', 'transformer', 'mlp'])('after any edits of %s, what is kept of the program before says what a fresh one says', (name) => {
  const written = readFileSync(path.join(root, 'media/templates', `${name}.nnet.json`), 'utf8');
  const change = fc.record({ at: fc.nat(), to: fc.constantFrom('1', '2', '3', '8', '64', '0', '"N"') });
  fc.assert(fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
    let text = written;
    let parsed = parse(text);
    buildProgram(parsed.document);
    for (const { at, to } of changes) {
      const numbers = [...text.matchAll(/(?<=[ [])\d+(?=[ ,\]}])/g)];
      const hit = numbers[at % numbers.length]!;
      text = text.slice(0, hit.index) + to + text.slice(hit.index + hit[0].length);
      parsed = parse(text, parsed);
      expect(said(buildProgram(parsed.document))).toEqual(said(buildProgram(parse(text).document)));
    }
  }), { numRuns: 40 });
});
