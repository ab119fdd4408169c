import { isNamed, nodePath, scopePath, type Analysis } from '../analysis/index.js';
import { formatSource } from '../document/source.js';
import { refuse, type Acted } from './action.js';
import { originAt, pathIn } from './place.js';
import { rewired } from './rewire.js';
import type { Edit } from '../document/edit.js';
import type { JsonValue } from '../document/json.js';
import type { Block, NamedSource, Source } from '../document/model.js';

/** Takes nodes and inputs out. What read a node reads its first source instead, so a chain stays a chain. */
export function removeNodes(analysis: Analysis, paths: readonly string[]): Acted {
  const scopes = namesByScope(analysis, paths);
  if (scopes.size === 0) return refuse('What should be removed is not in the design any more.');
  const edits: Edit[] = [];
  const select: string[] = [];
  let count = 0;
  let last = '';
  for (const [block, { names, prefix }] of scopes) {
    for (const name of names) if (block.inputs.has(name) && block.inputs.size === names.size && block.name === '' && [...block.nodes.keys()].some((node) => !names.has(node))) return refuse('A network needs an input: remove what reads it first.');
    edits.push(...removalEdits(block, names));
    for (const name of names) {
      count += 1;
      last = name;
      const before = replacement(block, names, { name });
      if (isNamed(before)) select.push(prefix === '' ? before.name : `${prefix}.${before.name}`);
    }
  }
  return { edits, label: count === 1 ? `Delete ${last}` : `Delete ${count} nodes`, select: [...new Set(select)].slice(0, 1) };
}

/** Takes away the wire that arrives at an input of a node, or at an output of a scope. */
export function disconnect(analysis: Analysis, wire: { readonly to: string; readonly input: number } | { readonly scope: string; readonly output: number }): Acted {
  if ('scope' in wire) {
    const block = wire.scope === '' ? analysis.parsed.document.root : originAt(analysis, wire.scope)?.written?.use.each[0];
    const scope = block !== undefined && 'kind' in block ? (block.kind === 'block' ? block.instance.block : undefined) : block;
    const output = scope?.outputs[wire.output];
    if (scope === undefined || output === undefined) return refuse('That output is not in the design any more.');
    return { edits: [{ kind: 'remove', path: [...scopePath(scope.name), 'outputs', output.name ?? wire.output] }], label: 'Remove an output' };
  }
  const origin = originAt(analysis, wire.to);
  const node = origin?.written?.node;
  const source = node?.in[wire.input];
  if (origin === undefined || node === undefined || source === undefined) return refuse('That wire is not in the design any more.');
  const spelled = formatSource(source);
  const edits: Edit[] = [{ kind: 'remove', path: [...nodePath(origin.block.name, node.name), 'in', wire.input] }];
  if (node.off.includes(spelled)) edits.push({ kind: 'set', path: [...nodePath(origin.block.name, node.name), 'off'], value: node.off.filter((cut) => cut !== spelled) });
  return { edits, label: `Remove the wire from ${spelled} to ${node.name}`, select: [pathIn(origin.instance, node.name)] };
}

function namesByScope(analysis: Analysis, paths: readonly string[]): ReadonlyMap<Block, { readonly names: Set<string>; readonly prefix: string }> {
  const scopes = new Map<Block, { names: Set<string>; prefix: string }>();
  for (const path of paths) {
    const origin = originAt(analysis, path);
    if (origin === undefined) continue;
    const scope = scopes.get(origin.block) ?? { names: new Set<string>(), prefix: origin.instance.path };
    scope.names.add(origin.name);
    scopes.set(origin.block, scope);
  }
  return scopes;
}

/** What stands for a removed name: its first source, followed through what is removed with it. Undefined where there is none. */
function replacement(block: Block, names: ReadonlySet<string>, source: NamedSource): Source | undefined {
  const seen = new Set<string>();
  let at: Source | undefined = source;
  while (isNamed(at) && names.has(at.name)) {
    if (seen.has(at.name)) return undefined;
    seen.add(at.name);
    at = block.nodes.get(at.name)?.in[0];
  }
  return isNamed(at) ? at : undefined;
}

export function removalEdits(block: Block, names: ReadonlySet<string>): readonly Edit[] {
  const edits: Edit[] = [];
  for (const node of block.nodes.values()) {
    if (names.has(node.name)) continue;
    const dropped: number[] = [];
    node.in.forEach((source, index) => {
      if (!isNamed(source) || !names.has(source.name)) return;
      const instead = replacement(block, names, source);
      if (instead === undefined) dropped.push(index);
      else edits.push(...rewired(block, node, index, formatSource(instead)));
    });
    for (const index of dropped.reverse()) edits.push({ kind: 'remove', path: [...nodePath(block.name, node.name), 'in', index] });
    const home = node.weights?.split('.')[0]?.replace(/\[\d+\]$/, '');
    if (home !== undefined && names.has(home)) edits.push(...ownWeights(block, node.name, home));
  }
  const lost: (string | number)[] = [];
  const given = new Set(block.outputs.flatMap((output) => (isNamed(output.source) && !names.has(output.source.name) ? [formatSource(output.source)] : [])));
  block.outputs.forEach((output, index) => {
    if (!isNamed(output.source) || !names.has(output.source.name)) return;
    const instead = replacement(block, names, output.source);
    const spelled = instead === undefined ? undefined : formatSource(instead);
    if (spelled === undefined || (output.name === undefined && given.has(spelled))) return void lost.push(output.name ?? index);
    given.add(spelled);
    edits.push({ kind: 'set', path: [...scopePath(block.name), 'outputs', output.name ?? index], value: spelled });
  });
  for (const key of lost.reverse()) edits.push({ kind: 'remove', path: [...scopePath(block.name), 'outputs', key] });
  for (const name of names) {
    if (block.nodes.has(name)) edits.push({ kind: 'remove', path: nodePath(block.name, name) });
    else edits.push(...inputRemoval(block, name));
    if (block.view.has(name)) edits.push({ kind: 'remove', path: [...scopePath(block.name), 'view', name] });
  }
  return edits;
}

/** A node whose weights go with another gets its own, with the parameters that it took over. */
function ownWeights(block: Block, name: string, home: string): readonly Edit[] {
  const node = block.nodes.get(name)!;
  const path = nodePath(block.name, name);
  const taken = [...(block.nodes.get(home)?.params ?? new Map<string, JsonValue>())].filter(([param]) => !node.params.has(param));
  return [{ kind: 'remove', path: [...path, 'weights'] }, ...(block.nodes.get(home)?.op === node.op ? taken.map(([param, value]): Edit => ({ kind: 'set', path: [...path, param], value })) : [])];
}

function inputRemoval(block: Block, name: string): readonly Edit[] {
  const path = [...scopePath(block.name), 'inputs'];
  if (block.name === '') return [{ kind: 'remove', path: [...path, name] }];
  return [{ kind: 'set', path, value: [...block.inputs.keys()].filter((other) => other !== name) }];
}
