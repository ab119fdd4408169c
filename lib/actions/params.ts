import { blockOf, scopePath, type Analysis } from '../analysis/index.js';
import { isName, isNodeWord } from '../document/names.js';
import { isExpression, takenNames } from '../program/index.js';
import { refuse, type Acted } from './action.js';
import { renamedIn } from './expressions.js';
import type { Edit } from '../document/edit.js';
import type { JsonPath, JsonValue } from '../document/json.js';

/** Why a parameter of a scope cannot have a name; undefined where it can. */
export function paramNameProblem(analysis: Analysis, scope: string, name: string, own?: string): string | undefined {
  if (!isName(name)) return 'Names are letters, digits and _, and start with no digit.';
  if (isNodeWord(name) || takenNames.has(name)) return `\`${name}\` is a word of the format.`;
  if (name !== own && blockOf(analysis.parsed.document, scope)?.params.has(name) === true) return `There is a parameter \`${name}\` already.`;
  return undefined;
}

/** Renames a parameter of a scope, every mention of it in expressions, what the uses of the block give it and what recipes set it to. */
export function renameParam(analysis: Analysis, scope: string, from: string, to: string): Acted {
  const { document, valueAt } = analysis.parsed;
  const block = blockOf(document, scope);
  if (block?.params.has(from) !== true) return refuse(`There is no parameter \`${from}\` in the design any more.`);
  const wrong = paramNameProblem(analysis, scope, to, from);
  if (wrong !== undefined) return refuse(wrong);
  if (to === from) return { edits: [], label: '' };
  const edits: Edit[] = [];
  for (const part of ['nodes', 'inputs']) edits.push(...mentions([...scopePath(scope), part], valueAt([...scopePath(scope), part]), from, to));
  if (scope === '') {
    for (const recipe of document.training.keys()) if (valueAt(['training', recipe, 'set', from]) !== undefined) edits.push({ kind: 'renameKey', path: ['training', recipe, 'set', from], to });
  } else {
    for (const { name, nodes } of [document.root, ...document.blocks.values()]) {
      for (const node of nodes.values()) if (node.op === scope && node.params.has(from)) edits.push({ kind: 'renameKey', path: [...scopePath(name), 'nodes', node.name, from], to });
    }
  }
  edits.push({ kind: 'renameKey', path: [...scopePath(scope), 'params', from], to });
  return { edits, label: `Rename ${from} to ${to}` };
}

/** The expressions below a place that name a parameter, each under its new name. */
function mentions(path: JsonPath, value: JsonValue | undefined, from: string, to: string): readonly Edit[] {
  if (isExpression(value)) {
    const changed = renamedIn(value, from, to);
    return changed === value ? [] : [{ kind: 'set', path, value: changed }];
  }
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap((element, index) => mentions([...path, index], element, from, to));
  return Object.entries(value).flatMap(([key, element]) => mentions([...path, key], element, from, to));
}
