import { formatShape, symbol, type Shape } from '../shapes/index.js';
import { listed } from './axes.js';
import { graphOf } from './graph.js';
import { programFor, type Given } from './given.js';
import type { Block, Document, Input, Node } from '../document/model.js';
import type { JsonValue } from '../document/json.js';
import type { Parsed } from '../document/parse.js';
import type { Problem } from '../document/problem.js';
import type { Graph } from './graph.js';
import type { Program } from '../program/program.js';

/** Reads the problems of a design under assumptions. */
type Solve = (parsed: Parsed, graph: Graph, options: Given) => readonly Problem[];

/**
 * What is wrong in blocks that nothing uses: each is analysed by itself, with inputs of the first usual shape that goes through it, or goes
 * furthest. What was found without knowing any shape is not told again.
 */
export function aloneProblems(parsed: Parsed, told: readonly Problem[], solve: Solve): readonly Problem[] {
  const { document } = parsed;
  const unused = unusedBlocks(document);
  if (unused.length === 0) return [];
  const known = new Set(told.map(keyOf));
  return unused.flatMap((block) => {
    const assumption = assumptionFor(document, block);
    if (assumption === undefined) return [];
    const options: Given = { assume: (edited) => standingAlone(edited, block.name, assumption) };
    const program = programFor(document, options);
    const said = ` Nothing uses block \`${block.name}\`; here ${listed([...block.inputs.keys()].map((name, k) => `\`${name}\` is assumed to be ${formatShape(shapeOf(assumption.inputs[k]!))}`))}.`;
    return solve({ ...parsed, problems: [], document: program.document }, graphOf(program), options).flatMap((problem): readonly Problem[] => {
      const key = keyOf(problem);
      if (problem.place.path[0] !== 'blocks' || problem.severity === 'hint' || known.has(key)) return [];
      known.add(key);
      return [assumed(problem, said)];
    });
  });
}

const keyOf = ({ code, place: { path } }: Problem): string => `${code} ${path.join('/')}`;

/** The problem as one of a block without a use: its paths name nothing of the network. */
function assumed(problem: Problem, said: string): Problem {
  const { others: _others, ...facts } = problem.facts ?? {};
  const told = { ...withoutLazy(problem), node: '', message: problem.message + said, facts };
  return Object.defineProperties(told, {
    explanation: { enumerable: true, configurable: true, get: () => problem.explanation.map(({ text }) => ({ text })) },
    fixes: { enumerable: true, configurable: true, get: () => problem.fixes },
  }) as Problem;
}

/** The problem without looking for its fixes. */
function withoutLazy({ code, severity, at, place, range }: Problem): Omit<Problem, 'node' | 'message'> {
  return { code, severity, ...(at !== undefined && { at }), place, ...(range !== undefined && { range }), explanation: [], fixes: [] };
}

/** Blocks that neither the design nor a block that it uses names; of several that use each other, those that stand outermost. */
function unusedBlocks(document: Document): readonly Block[] {
  if (document.blocks.size === 0) return [];
  const reached = new Set<string>();
  const reach = (block: Block): void => {
    for (const { op } of block.nodes.values()) {
      const inner = document.blocks.get(op);
      if (inner === undefined || reached.has(op)) continue;
      reached.add(op);
      reach(inner);
    }
  };
  reach(document.root);
  const left = [...document.blocks.values()].filter(({ name }) => !reached.has(name));
  const inside = new Set(left.flatMap((block) => [...block.nodes.values()].flatMap(({ op }) => (op === block.name ? [] : [op]))));
  return left.filter(({ name, inputs, nodes }) => !inside.has(name) && inputs.size > 0 && nodes.size > 0);
}

interface Assumption {
  readonly inputs: readonly Input[];
  readonly params: ReadonlyMap<string, JsonValue>;
}

function standingAlone(document: Document, name: string, { inputs, params }: Assumption): Document {
  const node: Node = { name, op: name, in: inputs.map((input) => ({ name: input.name })), params, off: [], allow: new Map() };
  const root: Block = { ...document.root, params: new Map(), inputs: new Map(inputs.map((input) => [input.name, input])), nodes: new Map([[name, node]]), outputs: [{ source: { name } }], view: new Map() };
  return { ...document, root, others: new Map() };
}

/** Inputs with which the fewest things are wrong; the first of several. Undefined where some of the block’s shapes are written wrongly. */
function assumptionFor(document: Document, block: Block): Assumption | undefined {
  const params = new Map([...block.params].flatMap(([name, value]): readonly (readonly [string, JsonValue])[] => (value === null ? [[name, valueFor(name)]] : [])));
  // An input is called in the design around the block as it is in the block.
  const named = (name: string): string => (name === block.name ? `${name}_input` : name);
  let best: Assumption | undefined;
  let least = Infinity;
  for (const shape of usualShapes(block)) {
    const inputs = [...block.inputs.values()].map((input): Input => ({ name: named(input.name), shape: input.shape === undefined ? shape : written(input.shape, block), ...(input.dtype !== undefined && { dtype: input.dtype }) }));
    const assumption = { inputs, params };
    const program = programFor(document, { assume: (edited) => standingAlone(edited, block.name, assumption) });
    const wrong = errorsIn(program);
    if (wrong < least) [best, least] = [assumption, wrong];
    // A large network is not tried with every shape.
    if (wrong === 0 || program.nodes.length > 2000) break;
  }
  return best;
}

const errorsIn = ({ findings }: Program): number => findings.reduce((count, { severity = 'error' }) => count + (severity === 'error' ? 1 : 0), 0);

/** A value for what a use must give, by what its name says. */
function valueFor(name: string): JsonValue {
  if (/kernel/iu.test(name)) return 3;
  if (/stride|dilation|groups|depth|times|repeat|layers|factor|padding/iu.test(name)) return 1;
  return /heads/iu.test(name) ? 8 : 64;
}

/** Maps, vectors, sequences and volumes, with the widths that the block’s parameters have. */
function usualShapes(block: Block): readonly (readonly JsonValue[])[] {
  const wide = (value: JsonValue | undefined): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 3;
  const asked = [...block.nodes.values()].flatMap(({ params }) => ['in_channels', 'in_features', 'num_features', 'input_size', 'embed_dim', 'd_model', 'num_channels'].map((name) => params.get(name)).filter(wide));
  const widths = [...new Set([...asked.slice(0, 2), ...[...block.params.values()].filter(wide).slice(0, 2), 64, 3])];
  return widths.flatMap((width) => [['N', width, 32, 32], ['N', width], ['N', 16, width], ['N', width, 64], ['N', width, 16, 16, 16]]);
}

/** A shape that the block writes for its input, with the defaults of its parameters. */
function written(shape: readonly JsonValue[], block: Block): readonly JsonValue[] {
  return shape.map((size) => {
    const param = typeof size === 'string' ? /^=\s*([A-Za-z_]\w*)\s*$/u.exec(size)?.[1] : undefined;
    const value = param === undefined ? undefined : (block.params.get(param) ?? valueFor(param));
    return typeof value === 'number' ? value : typeof size === 'string' && size.startsWith('=') ? 64 : size;
  });
}

function shapeOf({ shape }: Input): Shape {
  return (shape ?? []).map((size) => (typeof size === 'number' ? size : typeof size === 'string' ? symbol(size) : null));
}
