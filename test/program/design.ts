import { parse } from '../../lib/document/index.js';
import type { JsonValue } from '../../lib/document/json.js';
import { buildProgram, type BuildOptions, type Program } from '../../lib/program/index.js';
import { formatShape } from '../../lib/shapes/index.js';

/** A design of the given parts: an image of 1 × 3 × 8 × 8 named `x` unless `inputs` says otherwise. */
export function build(parts: Readonly<Record<string, unknown>>, options?: BuildOptions): Program {
  const design = { nnet: 1, inputs: { x: { shape: [1, 3, 8, 8] } }, ...parts };
  return buildProgram(parse(JSON.stringify(design)).document, options);
}

/** "stage[0].conv 1 × 8 × 4 × 4" for every node in program order. */
export function shapes(program: Program): readonly string[] {
  return program.nodes.map(({ path, outputs }) => `${path} ${outputs.map(({ shape }) => formatShape(shape)).join(' | ')}`);
}

export function paths(program: Program): string {
  return program.nodes.map(({ path }) => path).join(' ');
}

/** "code node place" for every finding. */
export function codes(program: Program): readonly string[] {
  return program.findings.map(({ code, node, place }) => `${code} ${node || '-'} ${place.join('.')}`);
}

export function value(json: string): JsonValue {
  return JSON.parse(json) as JsonValue;
}
