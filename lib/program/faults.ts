import type { Finding } from '../operators/operator.js';
import { didYouMean } from './evaluate.js';
import type { Absence } from './walk.js';

const absences: Readonly<Record<Absence, string>> = { when: 'its `when` is false', off: 'its `off` leaves one source', repeat: 'its `repeat` is 0' };

/** What buildProgram itself can find wrong: one function a code, with the names and numbers as facts beside the sentence. */
export const faults = {
  unknownOperator: (op: string, nearest: readonly string[]): Finding =>
    ({ code: 'unknown-operator', message: `There is no operator or block \`${op}\`.${didYouMean(nearest)}`, facts: { op, nearest } }),
  recursion: (op: string, chain: readonly string[]): Finding =>
    ({ code: 'recursion', message: `Block \`${op}\` contains itself${chain.length > 1 ? ` (${[...chain, chain[0]].map((b) => `\`${b}\``).join(' in ')})` : ''}.`, facts: { op, blocks: chain } }),
  nestingDepth: (op: string, deepest: number): Finding =>
    ({ code: 'nesting-depth', message: `Blocks nest more than ${deepest} deep at \`${op}\`.`, facts: { op, deepest } }),
  tooManyNodes: (name: string, most: number, times?: number): Finding =>
    ({ code: 'too-many-nodes', message: times === undefined ? `The network has more than ${grouped(most)} nodes when \`${name}\` is expanded.` : `\`${name}\` is repeated ${grouped(times)} times; a network has at most ${grouped(most)} nodes.`, facts: { most, ...(times !== undefined && { times }) } }),
  tooManyReads: (name: string, most: number, times: number, reads: number, all: number): Finding =>
    ({ code: 'too-many-nodes', message: `\`${name}\` repeated densely ${grouped(times)} times reads ${grouped(reads)} tensors${all > reads ? `, with the dense repetitions before it ${grouped(all)}` : ''}; at most ${grouped(most)} are expanded.`, facts: { most, times, reads, all } }),
  cycle: (names: readonly string[]): Finding =>
    ({ code: 'cycle', message: names.length === 1 ? `\`${names[0]}\` reads its own output.` : `${names.map((n) => `\`${n}\``).join(' → ')} → \`${names[0]}\` is a cycle: data cannot flow around it.`, facts: { cycle: names } }),
  unknownSource: (name: string, scope: string, nearest: readonly string[], input: number): Finding =>
    ({ code: 'unknown-source', input, message: `There is no input or node \`${name}\` in ${scope}.${didYouMean(nearest)}`, facts: { name, nearest } }),
  unknownPort: (name: string, port: string | number, ports: readonly string[], input: number): Finding =>
    ({ code: 'unknown-port', input, message: `\`${name}\` has no output \`${port}\`; it has ${ports.length === 0 ? 'none' : ports.map((p, k) => (p === String(k) ? p : `${k} (\`${p}\`)`)).join(', ')}.`, facts: { name, port, ports } }),
  inputPort: (name: string, port: string | number, input: number): Finding =>
    ({ code: 'unknown-port', input, message: `\`${name}\` is an input and has no ports, so there is no \`${name}.${port}\`: read it as \`${name}\`.`, facts: { name, port, ports: ['output'] } }),
  absentPort: (name: string, port: string | number, by: Absence, input: number): Finding =>
    ({ code: 'absent-port', input, message: `\`${name}\` is not there (${absences[by]}), so it only passes its first source on; its output \`${port}\` does not exist.`, facts: { name, port, by } }),
  unknownRepetition: (name: string, repetition: number, times: number | undefined, input: number): Finding =>
    ({ code: 'unknown-repetition', input, message: times === undefined ? `\`${name}\` has no \`repeat\`, so there is no \`${name}[${repetition}]\`.` : `\`${name}\` is repeated ${times} ${times === 1 ? 'time' : 'times'}, counted from 0; there is no \`${name}[${repetition}]\`.`, facts: { name, repetition, ...(times !== undefined && { times }) } }),
  symbolicWeight: (name: string, tensor: string, shape: string, symbols: readonly string[]): Finding =>
    ({ code: 'symbolic-weight', input: 0, message: `\`${tensor}\` of \`${name}\` would be ${shape}, but a learned tensor has one size: give ${symbols.map((s) => `\`${s}\``).join(' and ')} ${symbols.length === 1 ? 'a number' : 'numbers'}, or bring that axis to a fixed size before it (AdaptiveAvgPool2d).`, facts: { tensor, shape, symbols } }),
  constantSource: (name: string, value: number, inputName: string, input: number): Finding =>
    ({ code: 'constant-source', input, message: `\`${name}\` needs a tensor at \`${inputName}\`, not the number ${value}: only elementwise operators take numbers.`, facts: { value } }),
  missingInput: (name: string, inputName: string, input: number, given: number, wanted: number): Finding =>
    ({ code: 'missing-input', input, message: `\`${name}\` ${given < wanted ? `has ${count(given, 'source')} but needs ${wanted}` : `needs a source at each place of its \`in\``}: \`${inputName}\` is missing.`, facts: { input: inputName, given, wanted } }),
  extraInput: (name: string, op: string, input: number, given: number, most: number): Finding =>
    ({ code: 'extra-input', input, message: `\`${name}\` has ${count(given, 'source')}; ${op} takes ${most === 0 ? 'none' : `at most ${most}`}.`, facts: { given, most } }),
  unknownParam: (param: string, owner: string, nearest: readonly string[]): Finding =>
    ({ code: 'unknown-param', param, message: `${owner} has no parameter \`${param}\`.${didYouMean(nearest)}`, facts: { param, nearest } }),
  missingParam: (param: string, owner: string, initial: unknown): Finding =>
    ({ code: 'missing-param', param, message: `${owner} needs \`${param}\`.`, facts: { param, ...(initial !== undefined && { initial }) } }),
  invalidParam: (param: string, message: string, value: unknown): Finding => ({ code: 'invalid-param', param, message, facts: { param, value } }),
  wrongType: (param: string, owner: string, wanted: string, given: string): Finding =>
    ({ code: 'wrong-type', param, message: wanted === 'null' ? `\`${param}\` of ${owner} must be given; ${given} is no value.` : `\`${param}\` of ${owner} is ${wanted} by its default, not ${given}.`, facts: { param, wanted, given } }),
  defaultExpression: (param: string): Finding =>
    ({ code: 'default-expression', param, message: `The default of \`${param}\` must be a plain value: it gives the parameter its type.`, facts: { param } }),
  hidesOperator: (block: string): Finding =>
    ({ code: 'hides-operator', severity: 'warning', message: `Block \`${block}\` hides the operator of that name.`, facts: { block } }),
  declaredHides: (operator: string): Finding =>
    ({ code: 'hides-operator', severity: 'warning', message: `The operator \`${operator}\` of this design hides PyTorch's of that name.`, facts: { operator } }),
  invalidRepeat: (name: string, given: string): Finding =>
    ({ code: 'invalid-repeat', param: 'repeat', message: `\`${name}\` must be repeated a whole number of times, 0 or more, not ${given}.`, facts: { given } }),
  whenType: (given: string): Finding => ({ code: 'wrong-type', param: 'when', message: `\`when\` must be true or false, not ${given}.`, facts: { param: 'when', given } }),
  whenWithoutInput: (name: string): Finding =>
    ({ code: 'when-without-input', param: 'when', message: `\`${name}\` has no source to pass on where its \`when\` is false.`, facts: { name } }),
  offNotMerge: (name: string, op: string): Finding =>
    ({ code: 'off-not-merge', param: 'off', message: `\`off\` cuts sources of merges (Add, Mul, Concat, Max, Min); \`${name}\` is ${op}.`, facts: { op } }),
  offAll: (name: string): Finding => ({ code: 'off-all', param: 'off', message: `\`off\` cuts every source of \`${name}\`; one must be left.`, facts: { name } }),
  weightsPath: (path: string): Finding => ({ code: 'unknown-weights', param: 'weights', message: `\`${path}\` is no path of a node, such as \`bn1\` or \`stage1[0].bn1\`.`, facts: { path } }),
  unknownWeights: (path: string, nearest: readonly string[]): Finding =>
    ({ code: 'unknown-weights', param: 'weights', message: `There is no node \`${path}\` whose weights could be used.${didYouMean(nearest)}`, facts: { path, nearest } }),
  weightsAbsent: (path: string, by: Absence): Finding => ({ code: 'weights-absent', param: 'weights', message: `\`${path}\` is not there (${absences[by]}), so it has no weights.`, facts: { path, by } }),
  weightsCycle: (path: string): Finding => ({ code: 'weights-cycle', param: 'weights', message: `The weights of \`${path}\` lead back to this node.`, facts: { path } }),
  weightsOp: (op: string, path: string, other: string): Finding =>
    ({ code: 'weights-op', param: 'weights', message: `${op} cannot use the weights of \`${path}\`, which is ${other}.`, facts: { path, op, other } }),
  weightsNothing: (path: string): Finding =>
    ({ code: 'weights-nothing', severity: 'warning', param: 'weights', message: `This node and \`${path}\` have no tensor in common, so nothing is shared.`, facts: { path } }),
  weightsShape: (tensor: string, here: string, path: string, there: string): Finding =>
    ({ code: 'weights-shape', param: 'weights', message: `\`${tensor}\` would be ${here} here but is ${there} in \`${path}\`: one tensor has one shape.`, facts: { tensor, here, there, path } }),
  dimSource: (source: string, nearest: readonly string[]): Finding =>
    ({ code: 'dim-source', message: `dim() can read an input of this block or one of this node's own sources; \`${source}\` is neither.${didYouMean(nearest)}`, facts: { source, nearest } }),
  inputSize: (input: string, axis: number, given: string): Finding =>
    ({ code: 'invalid-size', message: `Axis ${axis} of input \`${input}\` must be a whole number, 1 or more, or a symbol such as "N", not ${given}.`, facts: { input, axis, given } }),
  noOutputs: (): Finding => ({ code: 'no-outputs', severity: 'warning', message: 'The document names no outputs.' }),
} as const;

function count(n: number, noun: string): string {
  return n === 0 ? `no ${noun}` : `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function grouped(n: number): string {
  return n.toLocaleString('en-US');
}
