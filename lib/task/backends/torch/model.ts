import { classNameOf, exportPyTorch } from '../../../interop/pytorch/index.js';
import { variable } from '../../../interop/pytorch/python.js';
import { UNKNOWN } from '../../../operators/operator.js';
import type { Program } from '../../../program/program.js';
import type { Weight, Weights } from '../../safetensors.js';
import type { TrainerOptions } from '../backend.js';
import { declaredModules } from './declared.js';
import { floats, integers, type Packed } from './frame.js';
import type { PythonProcess } from './process.js';

const fileName = 'design.nnet.json';

/** The number under which the next model is known to Python. */
let models = 0;

/**
 * Makes the network in Python from its exported code, with these weights; answers its number there. Classes of the user's own are imported from
 * `folder`; they make their tensors themselves, unless `weights` has them from an earlier run.
 */
export async function openModel(python: PythonProcess, program: Program, weights: Weights, options?: TrainerOptions, folder?: string): Promise<number> {
  const model = models++;
  const tensors = new Map<string, Packed>();
  const declared = declaredModules(program);
  for (const [key, { opaque }] of program.weights) {
    if (opaque) continue;
    const weight = weights.get(key);
    if (!weight) throw new Error(`there is no value for ${key}`);
    tensors.set(key, packed(weight));
  }
  for (const [key, weight] of declared.length > 0 ? weights : []) if (declared.some(({ place }) => key.startsWith(`${place}.`))) tensors.set(key, packed(weight));
  await python.ask(
    {
      do: 'open',
      model,
      code: exportPyTorch(program, { fileName }),
      class: classNameOf(fileName),
      arguments: Object.fromEntries([...program.document.root.params.keys()].flatMap((name) => {
        const value = program.params[name];
        return value === undefined || value === UNKNOWN ? [] : [[variable(name), value]];
      })),
      dtypes: program.inputs.map(({ tensor }) => tensor.dtype),
      owners: Object.fromEntries([...program.weights].filter(([, { learned, opaque }]) => learned && !opaque).map(([key, { owner }]) => [key, program.nodes[owner]?.path ?? key])),
      unused: learnedApart(program),
      ...(declared.length > 0 && { declared, ...(folder !== undefined && { folder }) }),
      ...options,
    },
    tensors,
  );
  return model;
}

/** Whether something is learned that the first output, and so the loss, does not hang on. */
function learnedApart(program: Program): boolean {
  const reached = new Set<string>();
  const seen = new Set<number>();
  const waiting = program.outputs.slice(0, 1).map(({ value }) => value);
  for (let value = waiting.pop(); value; value = waiting.pop()) {
    if (value.origin.kind !== 'node' || seen.has(value.origin.node)) continue;
    seen.add(value.origin.node);
    const node = program.nodes[value.origin.node];
    node?.weights.forEach(({ key }) => reached.add(key));
    waiting.push(...(node?.inputs ?? []));
  }
  return [...program.weights.values()].some(({ key, learned }) => learned && !reached.has(key));
}

/** The tensors of a model by key, in program order. */
export async function weightsOf(python: PythonProcess, model: number): Promise<Weights> {
  const { tensors } = await python.ask({ do: 'weights', model });
  return new Map([...tensors].map(([key, each]): [string, Weight] => [key, each.dtype === 'int64' ? { shape: each.shape, dtype: 'I64', data: integers(each) } : { shape: each.shape, dtype: 'F32', data: floats(each) }]));
}

export function packed({ shape, dtype, data }: Weight): Packed {
  const values = dtype === 'I64' ? BigInt64Array.from(data as Float64Array, (value) => BigInt(Math.trunc(value))) : (data as Float32Array);
  return { dtype: dtype === 'I64' ? 'int64' : 'float32', shape, data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}
