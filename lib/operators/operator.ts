import type { Dim, Shape } from '../shapes/dimension.js';
import type { Tensor } from '../shapes/tensor.js';

export type Family = 'Convolution' | 'Normalisation' | 'Activation' | 'Pooling' | 'Linear' | 'Attention' | 'Recurrent' | 'Shape' | 'Merge' | 'Arithmetic' | 'Input';

/** An evaluated parameter. `UNKNOWN` stands where an earlier problem hides the value; a Sym where the design says `=dim(x, 0)` of a symbol. */
export type ParamValue = Dim | boolean | string | typeof UNKNOWN | readonly ParamValue[];
export const UNKNOWN: unique symbol = Symbol('unknown');

/** Parameters by name, defaults filled in. */
export type ParamValues = Readonly<Record<string, ParamValue>>;

export interface InputSpec {
  readonly name: string;
  /** Takes all further sources. Only the last input may be. */
  readonly variadic?: boolean;
  /** Least count of a variadic input. */
  readonly least?: number;
  readonly optional?: boolean;
  /** Ranks accepted; undefined for any. Batched and unbatched forms are both listed. */
  readonly ranks?: readonly number[];
  /** A number may stand for it (elementwise operators). */
  readonly constant?: boolean;
  /** What it accepts; floating-point numbers unless written. `float32`: it meets weights of that type; `number`: all but bool; `index`: int64 or int32; `mask`: bool or float32. */
  readonly dtype?: 'float' | 'float32' | 'number' | 'index' | 'integer' | 'bool' | 'mask' | 'any';
  readonly doc?: string;
}

/** How a parameter looks in the form and what it accepts; drives the schema, the form and the check. */
export interface ParamSpec {
  readonly kind: 'integer' | 'number' | 'flag' | 'choice' | 'text' | 'tuple' | 'list' | 'ranges';
  readonly doc: string;
  /** PyTorch's default; absent: must be written. May be null. */
  readonly default?: ParamValue;
  /** What the palette writes. */
  readonly initial?: ParamValue;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  /** Length of a tuple: 1, 2 or 3 (a single number stands for all of them). */
  readonly length?: number;
  readonly nullable?: boolean;
  /** Inferred from the input; where it is written, it is checked against that (in_channels, num_features). */
  readonly assertion?: boolean;
  /** Checks and normalises an evaluated value (3 for a pair becomes [3, 3]); `wrong` is a noun phrase, "a whole number of at least 1". */
  read(value: ParamValue): { readonly value: ParamValue } | { readonly wrong: string };
}

/** One thing that is wrong with a node, said by its operator. */
export interface Finding {
  readonly code: string;
  readonly severity?: 'error' | 'warning' | 'hint';
  readonly param?: string;
  /** Index of the input concerned. */
  readonly input?: number;
  readonly message: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}
export type Report = (finding: Finding) => void;

/** A learned parameter or a buffer, by PyTorch's own name ("weight", "weight_ih_l0", "running_mean"). */
export interface WeightSpec {
  readonly name: string;
  readonly shape: Shape;
  /** False for buffers: they are kept and shared, but not learned and not counted. */
  readonly learned: boolean;
  readonly dtype?: 'float32' | 'int64';
  /** A count alone, of a declared operator: the tensors are those of its Python class, which makes and initialises them. */
  readonly opaque?: boolean;
}

/** A call in PyTorch, as data; lib/interop/pytorch prints it. `args` omit what equals PyTorch's default. */
export type TorchCall =
  /** An attribute made in __init__: nn.Conv2d(...), applied to the inputs in order (or as `call` says). */
  | {
      readonly module: string;
      /** The Python module that the class is imported from, where it is the user's own; `module` is then its name there. */
      readonly from?: string;
      readonly args: readonly TorchArg[];
      /** What the call gives where that is no single tensor, {0} for the first port: "{0}, ({1}, {2})". */
      readonly results?: string;
      /** How the inputs are passed where that is not in order, by position: "{0}, attn_mask={3}". Inputs left out are not named in it. */
      readonly call?: string;
    }
  /** A function or operator in forward. `expression` holds {0}, {1} ... for inputs and {name} for args. */
  | { readonly expression: string; readonly args?: readonly TorchArg[]; readonly precedence?: 'atom' | 'sum' | 'product' };
export interface TorchArg {
  /** Keyword; absent for a positional argument. */
  readonly name?: string;
  readonly value: ParamValue | null;
  /** The parameter that it comes from, so that the exporter can print the block's expression for it. */
  readonly param?: string;
}

/** The window of a convolution or pool along each spatial axis, for the receptive field. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly number[];
  /** A transposed convolution or upsampling: positions multiply by stride instead of dividing. */
  readonly transposed?: boolean;
}

export interface Operator {
  readonly type: string;
  readonly family: Family;
  /** One sentence. */
  readonly doc: string;
  /** PyTorch's page, as a path below https://pytorch.org/docs/stable/generated/. */
  readonly reference?: string;
  /** The Python class that a declared operator stands for ("layers.Attention"); absent for those of the registry. */
  readonly python?: string;
  readonly inputs: readonly InputSpec[];
  /** Names of the ports; a function where their number depends on parameters or on the arriving shape (Split). */
  readonly outputs: readonly string[] | ((p: ParamValues, inputs: readonly (Tensor | null)[]) => readonly string[]);
  /** What the ports are, in words, where `outputs` is a function. */
  readonly ports?: string;
  readonly params: ReadonlyMap<string, ParamSpec>;
  /** A place where skips end: `off` may cut its inputs. */
  readonly merge?: 'add' | 'concat' | 'gate';
  /** A nonlinearity: a path through it is no skip. */
  readonly activation?: boolean;
  /** Draws as a dock under the layer before it (norm, activation, dropout). */
  readonly docks?: boolean;
  /** Passes its input's shape and meaning on; `plain` layers may stand on a skip. */
  readonly plain?: boolean;
  /** Total: reports all that is wrong, returns the best it knows for every port. Inputs are filled up to `inputs`; an optional one left out is null, a constant has shape []. */
  infer(inputs: readonly (Tensor | null)[], p: ParamValues, report: Report): readonly Tensor[];
  /** Learned parameters and buffers in PyTorch's order; [] where shapes are unknown. */
  weights(inputs: readonly (Tensor | null)[], p: ParamValues): readonly WeightSpec[];
  /** Multiply-accumulates of one forward pass, as truth/README.md counts them; 0 for what multiplies nothing. */
  macs(inputs: readonly (Tensor | null)[], outputs: readonly Tensor[], p: ParamValues): Dim;
  torch(p: ParamValues, inputs: readonly (Tensor | null)[]): TorchCall;
  window?(p: ParamValues, inputs: readonly (Tensor | null)[]): Window | null;
  /** Line 2 of the card: ["3×3", "128", "/2"]. */
  summary?(p: ParamValues): readonly string[];
  /** Lines of the inspector: axis, formula, the formula with the numbers put in, and the result. */
  formula?(inputs: readonly (Tensor | null)[], outputs: readonly Tensor[], p: ParamValues): readonly FormulaLine[];
}
export interface FormulaLine {
  readonly axis: string;
  readonly formula: string;
  readonly numbers?: string;
  readonly result: Dim;
}
