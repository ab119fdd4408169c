import { refuse, type Acted } from './action.js';
import type { Analysis } from '../analysis/index.js';
import type { Edit } from '../document/edit.js';
import type { JsonPath, JsonValue } from '../document/json.js';

/** Moves an input of the network up (-1) or down (1): the order in which it is given its tensors. */
export function moveInput(analysis: Analysis, name: string, by: 1 | -1): Acted {
  const names = [...analysis.parsed.document.root.inputs.keys()];
  const from = names.indexOf(name), to = from + by;
  if (from < 0) return refuse(`There is no input \`${name}\` any more.`);
  if (to < 0 || to >= names.length) return refuse(`\`${name}\` is ${by < 0 ? 'the first' : 'the last'} input already.`);
  return { edits: exchanged(analysis, ['inputs'], name, names[to]!), label: `Move the input ${name}` };
}

/** Moves an output of the network up (-1) or down (1): the order in which it gives its tensors. */
export function moveOutput(analysis: Analysis, index: number, by: 1 | -1): Acted {
  const { outputs } = analysis.parsed.document.root;
  const [output, other] = [outputs[index], outputs[index + by]];
  if (output === undefined) return refuse(`There is no output ${index + 1} any more.`);
  if (other === undefined) return refuse(`The output ${output.name ?? index + 1} is ${by < 0 ? 'the first' : 'the last'} already.`);
  return { edits: exchanged(analysis, ['outputs'], output.name ?? index, other.name ?? index + by), label: `Move the output ${output.name ?? index + 1}` };
}

/** Two members of one object or list change places. Only names and values that differ are written, so that everything around them stays. */
function exchanged({ parsed }: Analysis, path: JsonPath, a: string | number, b: string | number): readonly Edit[] {
  const edits: Edit[] = [...valued([...path, a], parsed.valueAt([...path, a]), parsed.valueAt([...path, b])), ...valued([...path, b], parsed.valueAt([...path, b]), parsed.valueAt([...path, a]))];
  if (typeof a !== 'string' || typeof b !== 'string') return edits;
  const taken = parsed.valueAt(path);
  let between = `${a}_`;
  while (isObject(taken) && Object.hasOwn(taken, between)) between += '_';
  return [...edits, { kind: 'renameKey', path: [...path, a], to: between }, { kind: 'renameKey', path: [...path, b], to: a }, { kind: 'renameKey', path: [...path, between], to: b }];
}

/** Makes one value the other: key by key where both are objects. */
function valued(path: JsonPath, now: JsonValue | undefined, wanted: JsonValue | undefined): readonly Edit[] {
  if (wanted === undefined || JSON.stringify(now) === JSON.stringify(wanted)) return [];
  if (!isObject(now) || !isObject(wanted)) return [{ kind: 'set', path, value: wanted }];
  const edits: Edit[] = Object.keys(now).filter((key) => !Object.hasOwn(wanted, key)).map((key) => ({ kind: 'remove', path: [...path, key] }));
  for (const [key, value] of Object.entries(wanted)) if (!Object.hasOwn(now, key) || JSON.stringify(now[key]) !== JSON.stringify(value)) edits.push({ kind: 'set', path: [...path, key], value });
  return edits;
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
