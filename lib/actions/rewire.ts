import { isNamed, nodePath } from '../analysis/index.js';
import { formatSource } from '../document/source.js';
import type { Edit } from '../document/edit.js';
import type { JsonPath, JsonValue } from '../document/json.js';
import type { Block, Node } from '../document/model.js';

/**
 * The edits that give an input of a node another source. What the node says of the old one follows: `off` cuts it by its new spelling, and
 * dim() looks at the new one where the old is no longer in its reach.
 */
export function rewired(block: Block, node: Node, index: number, source: string): readonly Edit[] {
  const path = nodePath(block.name, node.name);
  const old = node.in[index];
  const edits: Edit[] = [{ kind: 'set', path: [...path, 'in', index], value: source }];
  if (!isNamed(old)) return edits;
  const spelled = formatSource(old);
  const stillRead = node.in.some((other, at) => at !== index && formatSource(other) === spelled);
  if (stillRead || spelled === source) return edits;
  if (node.off.includes(spelled)) edits.push({ kind: 'set', path: [...path, 'off'], value: node.off.map((cut) => (cut === spelled ? source : cut)) });
  if (block.inputs.has(spelled)) return edits;
  const values: readonly (readonly [string, JsonValue | undefined])[] = [...node.params, ['when', node.when], ['repeat', node.repeat?.times]];
  for (const [key, value] of values) {
    if (value === undefined) continue;
    const at: JsonPath = key === 'repeat' && node.repeat !== undefined && (node.repeat.shared || node.repeat.wiring !== 'chain') ? [...path, 'repeat', 'times'] : [...path, key];
    edits.push(...followed(at, value, spelled, source));
  }
  return edits;
}

function followed(path: JsonPath, value: JsonValue, from: string, to: string): readonly Edit[] {
  if (typeof value === 'string' && value.startsWith('=')) {
    const escaped = from.replace(/[.[\]]/g, '\\$&');
    const changed = value.replace(new RegExp(`\\bdim\\(\\s*${escaped}\\s*,`, 'g'), `dim(${to},`);
    return changed === value ? [] : [{ kind: 'set', path, value: changed }];
  }
  return Array.isArray(value) ? (value as readonly JsonValue[]).flatMap((element, index) => followed([...path, index], element, from, to)) : [];
}
