import type { JsonPath } from '../document/json.js';
import type { Program, ProgramNode, Value } from '../program/program.js';
import { evaluateDim, type Shape, symbolsOf } from '../shapes/index.js';
import type { Recipe } from './recipe.js';
import { chooseSizes } from './sizes.js';

/** The output whose first axis is not the batch, in a sentence with the numbers, and the node behind which it no longer is. */
export interface LostBatch {
  readonly message: string;
  /** Path of the node; '' where an output reads none. */
  readonly node: string;
  readonly place: JsonPath;
}

/**
 * Whether the first output, which the loss looks at, has one row for every sample. Two sizes of the batch are tried, since an axis of 64 is the batch only by
 * chance where the batch is 64. Nothing is said where the axis hangs on sizes that only the user's own data tell.
 */
export function lostBatch(program: Program, recipe: Pick<Recipe, 'batch_size' | 'dataset'>): LostBatch | undefined {
  const [output] = program.outputs;
  const first = program.inputs[0]?.tensor.shape?.[0];
  const rows = output?.value.tensor.shape?.[0];
  if (!output || first === undefined || first === null || rows === undefined || rows === null) return undefined;
  const batches = new Set(program.inputs.flatMap(({ tensor: { shape } }) => symbolsOf(shape?.[0] ?? null)));
  if (recipe.dataset === 'python' && symbolsOf(rows).some((name) => !batches.has(name))) return undefined;
  for (const batch of typeof first === 'number' ? [first] : [recipe.batch_size, recipe.batch_size + 1]) {
    const { sizes } = chooseSizes(program, { ...recipe, batch_size: batch });
    const numbers = (shape: Shape | null): readonly (number | null)[] => (shape ?? []).map((dim) => evaluateDim(dim, sizes));
    const keeps = ({ tensor: { shape } }: Value): boolean => (shape === null ? true : numbers(shape)[0] === batch);
    const found = evaluateDim(rows, sizes);
    if (found === null || found === batch) continue;
    const { node, port: behind } = changer(program, output.value, keeps);
    const words = (shape: Shape | null): string => `[${numbers(shape).map((size) => size ?? '?').join(', ')}]`;
    const answers = `The output \`${output.name}\` has ${found} row${found === 1 ? '' : 's'} for a batch of ${batch}`;
    const why = 'and the loss compares one row with each sample.';
    if (!node) return { message: `${answers}, ${why}`, node: '', place: ['outputs'] };
    const { outputs, inputs, operator } = node;
    const port = outputs[behind];
    const read = inputs.filter(({ origin }) => origin.kind !== 'none' && origin.kind !== 'constant').map(({ tensor }) => words(tensor.shape));
    const made = read.length ? `makes ${words(port?.shape ?? null)} of ${read.join(' and ')}` : `puts out ${words(port?.shape ?? null)} whatever the batch`;
    return { message: `${answers}: \`${node.path}\` (${operator.type}) ${made}. The first axis must stay the batch, ${why}`, node: node.path, place: node.place };
  }
  return undefined;
}

/** Upstream of a value that lost the batch, the node that still reads it, with the port; or the first that reads nothing. What hangs on no input is followed only where all does. */
function changer({ nodes }: Program, value: Value, keeps: (value: Value) => boolean): { readonly node: ProgramNode | undefined; readonly port: number } {
  const fed = new Set<number>();
  const isFed = ({ origin }: Value): boolean => origin.kind === 'input' || (origin.kind === 'node' && fed.has(origin.node));
  for (const { index, inputs } of nodes) if (inputs.some(isFed)) fed.add(index);
  for (let at = value; ; ) {
    const { origin } = at;
    if (origin.kind !== 'node') return { node: undefined, port: 0 };
    const node = nodes[origin.node];
    const earlier = node?.inputs.filter((input) => input.origin.kind === 'node') ?? [];
    const next = node?.inputs.some(isFed) ? earlier.find((input) => isFed(input) && !keeps(input)) : earlier[0];
    if (!next) return { node, port: origin.port };
    at = next;
  }
}
