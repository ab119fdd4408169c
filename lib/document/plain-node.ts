import { detached } from './change.js';
import { pastSpace, type FlatObject } from './flat.js';
import type { JsonValue } from './json.js';
import type { Node, Source } from './model.js';
import { isName, isNodeWord } from './names.js';
import { hasDuplicates, valueOf } from './tree.js';

export const nothing: ReadonlyMap<string, never> = new Map<string, never>();
export const noSources: readonly never[] = [];

export class PlainNode implements Node {
  readonly in: readonly Source[];
  readonly off = noSources;
  readonly allow = nothing;

  constructor(readonly name: string, readonly op: string, sources: readonly Source[], readonly params: Node['params']) {
    this.in = sources;
  }
}

/**
 * A node in the usual spelling, `{ "op": ..., "in": [names], PARAMETERS }`, read from its text. Nodes whose parameters are spelled alike share one map of
 * them, so what is made of it is made once. Undefined where the node is spelled otherwise: it is then read the long way, to the same result.
 */
export function plainNode(name: string, tree: FlatObject): PlainNode | undefined {
  const { raw } = tree;
  let at = afterKey(raw, pastSpace(raw, 1), '"op"');
  if (at < 0 || raw.charCodeAt(at) !== 34 || !isName(name)) return undefined;
  let end = raw.indexOf('"', at + 1);
  const op = raw.slice(at + 1, end);
  at = afterComma(raw, end + 1);
  const list = afterKey(raw, at, '"in"');
  let sources: readonly Source[] = noSources;
  if (list >= 0) {
    if (raw.charCodeAt(list) !== 91) return undefined;
    for (at = pastSpace(raw, list + 1); raw.charCodeAt(at) === 34; at = afterComma(raw, end + 1)) {
      end = raw.indexOf('"', at + 1);
      const source = raw.slice(at + 1, end);
      if (!isName(source)) return undefined;
      // A list that grows by itself keeps room for many more, and most have one item.
      sources = sources.length === 0 ? [{ name: source }] : [...sources, { name: source }];
    }
    if (raw.charCodeAt(at) !== 93) return undefined;
    at = afterComma(raw, at + 1);
  }
  const params = paramsOf(raw, at, tree);
  return params && new PlainNode(name, shared(op), sources, params);
}

/** One text for all that are spelled alike. */
function shared(op: string): string {
  const known = ops.get(op);
  if (known !== undefined) return known;
  if (ops.size >= room) ops.clear();
  const own = detached(op);
  ops.set(own, own);
  return own;
}
const ops = new Map<string, string>();

function afterKey(raw: string, at: number, key: string): number {
  if (!raw.startsWith(key, at)) return -1;
  return pastSpace(raw, pastSpace(raw, at + key.length) + 1);
}

function afterComma(raw: string, from: number): number {
  const at = pastSpace(raw, from);
  return raw.charCodeAt(at) === 44 ? pastSpace(raw, at + 1) : at;
}

/** Parameters by their spelling; null for what has words of the format in it. */
const known = new Map<string, ReadonlyMap<string, JsonValue> | null>();
const room = 10_000;

function paramsOf(raw: string, from: number, tree: FlatObject): ReadonlyMap<string, JsonValue> | undefined {
  if (raw.charCodeAt(from) === 125) return nothing;
  const spelled = raw.slice(from);
  let params = known.get(spelled);
  if (params === undefined) {
    if (known.size >= room) known.clear();
    known.set(detached(spelled), (params = readParams(tree)));
  }
  return params ?? undefined;
}

function readParams(tree: FlatObject): ReadonlyMap<string, JsonValue> | null {
  if (hasDuplicates(tree)) return null;
  const params = new Map<string, JsonValue>();
  const { members } = tree;
  const first = members[1]?.key === 'in' ? 2 : 1;
  for (let k = first; k < members.length; k++) {
    const { key, value } = members[k]!;
    if (isNodeWord(key)) return null;
    params.set(key, valueOf(value));
  }
  return params;
}
