import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from '../../lib/document/index.js';
import { buildProgram } from '../../lib/program/index.js';
import { product } from '../../lib/shapes/index.js';
import { root } from '../support/paths.js';
import { convert, type Net } from './fx.js';

const folder = path.join(root, 'test/fixtures/truth/nets');
const names = readdirSync(folder).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
const convolutions = /^(Conv|ConvTranspose|Linear)/u;
/** Reasons for rows without a node, with how many there are. */
const reasons = new Map<string, number>();
let compared = 0;

describe('networks as PyTorch ran them', () => {
  it.each(names)('%s: every shape, parameter count and MAC count is PyTorch\'s', (name) => {
    const net = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Net;
    const { text, rows, leftOut } = convert(net);
    const parsed = parse(text);
    expect(parsed.problems).toEqual([]);
    const program = buildProgram(parsed.document);
    expect(program.findings.map(({ message }) => message)).toEqual([]);
    const found = new Map([...rows].map(([row, { node, macs }]) => {
      const built = program.node(node)!;
      return [row, { shape: built.outputs[0]!.shape, params: built.parameters, ...(macs !== undefined && { macs: built.macs }) }];
    }));
    const truth = new Map([...rows].map(([row, { shape, params, macs }]) => [row, { shape, params, ...(macs !== undefined && { macs }) }]));
    expect(found).toEqual(truth);
    const learned = [...program.weights.values()].filter(({ learned }) => learned);
    expect(learned.reduce((sum, { shape }) => sum + Number(product(shape)), 0)).toBe(net.totals.params_in_graph);
    const macs = (counts: (type: string) => boolean): number => program.nodes.reduce((sum, node) => sum + (counts(node.operator.type) ? Number(node.macs) : 0), 0);
    expect(macs((type) => convolutions.test(type))).toBe(net.totals.macs_conv_linear);
    expect(macs(() => true)).toBe(net.totals.macs_flopcounter);
    // Every row is either compared or has a reason.
    expect(net.nodes.filter(({ id }) => !rows.has(id) && !leftOut.has(id))).toEqual([]);
    compared += rows.size;
    for (const reason of leftOut.values()) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  });

  afterAll(() => {
    console.info(`${compared} rows of ${names.length} networks compared. Left out:\n${[...reasons].map(([reason, count]) => `  ${count} × ${reason}`).join('\n')}`);
  });
});
