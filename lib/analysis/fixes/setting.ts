import { instanceAt, nodePath, plainParam, splitPath } from '../scope.js';
import type { Edit } from '../../document/edit.js';
import type { JsonValue } from '../../document/json.js';
import type { Instance, Program } from '../../program/program.js';

/**
 * The edits that give a parameter of a node a value in one instance of its scope and leave other uses of the block alone where that is
 * possible: a parameter that is written as the block's own ("=channels") is set at the use, through as many blocks as it is handed down.
 */
export function settingEdits(program: Program, instance: Instance, name: string, param: string, value: JsonValue): readonly Edit[] {
  const written = instance.block.nodes.get(name)?.params.get(param);
  return handedEdits(program, instance, written, value) ?? [{ kind: 'set', path: [...nodePath(instance.block.name, name), param], value }];
}

/** The edits at the use that give a value written as a block's own parameter; undefined where it is written otherwise, and in the document itself. */
export function handedEdits(program: Program, instance: Instance, written: JsonValue | undefined, value: JsonValue): readonly Edit[] | undefined {
  const handed = plainParam(written);
  if (handed === undefined || instance.path === '' || !instance.block.params.has(handed.name)) return undefined;
  const { scope, name: use } = splitPath(instance.path);
  const around = instanceAt(program, scope);
  const whole = handed.index === undefined ? value : withElement(instance.params[handed.name], handed.index, value);
  return around === undefined || whole === undefined ? undefined : settingEdits(program, around, use, handed.name, whole);
}

function withElement(list: unknown, index: number, value: JsonValue): JsonValue | undefined {
  if (!Array.isArray(list) || index >= list.length) return undefined;
  return (list as readonly JsonValue[]).map((element, at) => (at === index ? value : element));
}

/** A tuple as people write it: one number where all are equal. */
export function tupleValue(values: readonly number[]): JsonValue {
  return values.every((value) => value === values[0]) ? values[0]! : values;
}

/** Edits without those that say the same again. */
export function distinct(edits: readonly Edit[]): readonly Edit[] {
  const seen = new Set<string>();
  return edits.filter((edit) => { const key = JSON.stringify(edit); return seen.has(key) ? false : (seen.add(key), true); });
}
