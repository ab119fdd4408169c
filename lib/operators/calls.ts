import type { TorchArg, TorchCall } from './operator.js';
import type { Write } from './define.js';
import type { Dim } from '../shapes/index.js';

interface ModuleForm<I> {
  /** Leading positional sizes that are inferred (in_channels). Where the parameter of that name is written, its value counts. */
  readonly inferred?: readonly (readonly [param: string, size: (inputs: I) => Dim])[];
  /** Parameters passed by position. */
  readonly positional?: readonly string[];
  /** Keywords to pass; all that have a default unless written. */
  readonly keywords?: readonly string[];
}

/** An nn.Module made in __init__, its sizes inferred from the inputs first. */
export function nnModule<I>(module: string, { inferred = [], positional = [], keywords }: ModuleForm<I> = {}): (p: unknown, inputs: I, write: Write) => TorchCall {
  return (p, inputs, write) => ({
    module,
    args: [
      ...inferred.map(([param, size]) => inferredArg(p as Readonly<Record<string, Dim | undefined>>, param, size(inputs))),
      ...write.positional(...positional),
      ...(keywords === undefined ? write.keywords() : keywords.length > 0 ? write.keywords(...keywords) : []),
    ],
  });
}

/** A size that follows from the input, or the writer's own. */
export function inferredArg(p: Readonly<Record<string, unknown>>, param: string, size: Dim): TorchArg {
  const written = p[param] as Dim | undefined;
  return written === undefined ? { value: size } : { value: written, param };
}

/** An expression in forward; {0}, {1} stand for the inputs and {name} for parameters. */
export function expression(text: string, names: readonly string[] = [], precedence: 'atom' | 'sum' | 'product' = 'atom'): (p: unknown, inputs: unknown, write: Write) => TorchCall {
  return (_p, _inputs, write) => ({
    expression: text,
    precedence,
    ...(names.length > 0 ? { args: write.positional(...names).map((arg) => ({ ...arg, name: arg.param ?? '' })) } : {}),
  });
}
