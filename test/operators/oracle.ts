import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Operator, ParamValue, ParamValues, TorchArg } from '../../lib/operators/index.js';
import type { Tensor } from '../../lib/shapes/index.js';
import { root, torchPython } from '../support/paths.js';

/** What PyTorch made of one operator. */
export interface Verdict {
  /** state_dict in its order: name, shape, whether it is a parameter. */
  readonly state?: readonly (readonly [name: string, shape: readonly number[], learned: boolean])[];
  readonly out?: readonly (readonly [shape: readonly number[], dtype: string])[];
  /** Multiplications and additions, where they were asked for. */
  readonly macs?: number;
  /** Bytes kept for the backward pass, where they were asked for. */
  readonly saved?: number;
  /** Of these, bytes that oneDNN lays out as it likes. */
  readonly workspace?: number;
  readonly error?: string;
  readonly message?: string;
}

export interface Question {
  /** Counts multiply-accumulates too. */
  readonly macs?: boolean;
  readonly saved?: boolean;
  readonly module?: string;
  readonly call: string;
  readonly inputs: readonly ({ readonly shape: readonly number[]; readonly dtype: string } | null)[];
}

/** The Python that stands for an operator: its PyTorch call, filled in. Inputs are x[0], x[1] ... */
export function question(op: Operator, params: ParamValues, inputs: readonly (Tensor | null)[], constants: readonly (number | undefined)[] = []): Question {
  const torch = op.torch(params, inputs);
  const input = (index: number): string => (constants[index] === undefined ? `x[${index}]` : String(constants[index]));
  const asked = inputs.map((each) => (each === null ? null : { shape: each.shape as readonly number[], dtype: each.dtype }));
  if ('module' in torch) {
    const module = torch.module === 'nn.Parameter' ? `nn.Parameter(torch.zeros(${python(torch.args[0]?.value ?? [])}))` : `${torch.module}(${torch.args.map(argument).join(', ')})`;
    const passed = torch.call?.replace(/\{(\d+)\}/g, (_, index: string) => input(Number(index))) ?? inputs.flatMap((each, i) => (each === null ? [] : [input(i)])).join(', ');
    return { module, call: `m(${passed})`, inputs: asked };
  }
  const values = new Map((torch.args ?? []).map(({ name, value }) => [name ?? '', python(value)]));
  const call = torch.expression.replace(/\{(\w+)\}/g, (_, name: string) => (/^\d+$/.test(name) ? input(Number(name)) : (values.get(name) ?? `MISSING_${name}`)));
  return { call, inputs: asked };
}

/** Asks all at once: starting PyTorch takes seconds. */
export function ask(questions: readonly Question[]): readonly Verdict[] {
  const child = spawnSync(torchPython(), [path.join(root, 'test/operators/oracle.py')], { input: JSON.stringify(questions), encoding: 'utf8', maxBuffer: 1 << 28 });
  if (child.status !== 0) throw new Error(`PyTorch could not be asked: ${child.stderr.slice(-2000)}`);
  return (JSON.parse(child.stdout) as { results: readonly Verdict[] }).results;
}

function argument({ name, value }: TorchArg): string {
  return name === undefined ? python(value) : `${name}=${python(value)}`;
}

function python(value: ParamValue): string {
  if (value === null || typeof value === 'symbol') return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `(${(value as readonly ParamValue[]).map((each) => `${python(each)},`).join(' ')})`;
  return JSON.stringify(String((value as { text: string }).text));
}
