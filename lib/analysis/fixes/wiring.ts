import { isNamed, writtenAt, type Written } from '../scope.js';
import { formatSource } from '../../document/source.js';
import type { Candidate, FixContext } from './verify.js';
import type { Edit } from '../../document/edit.js';
import type { JsonPath } from '../../document/json.js';
import type { Block } from '../../document/model.js';

/** Fixes of wires: what is missing, too much, or runs in a circle. */
export function wiringCandidates(context: FixContext): readonly Candidate[] {
  const { finding, graph, parsed } = context;
  if (finding === undefined) return [];
  const written = writtenAt(graph.program, finding.node);
  const { place } = finding;
  switch (finding.code) {
    case 'no-outputs': {
      const last = [...parsed.document.root.nodes.keys()].at(-1);
      return last === undefined ? [] : [{ title: `Put out \`${last}\``, variants: [[{ kind: 'set', path: ['outputs'], value: [last] }]] }];
    }
    case 'missing-input': {
      if (written === undefined) return [];
      const at = written.node.in.length;
      return wellFirst(written, sourcesBefore(written.instance.block, written.name)).slice(0, 4).map((source): Candidate => ({ title: `Read \`${source}\``, variants: [[{ kind: 'set', path: [...nodeOf(place), 'in', at], value: source }], [{ kind: 'set', path: [...nodeOf(place), 'in'], value: [...written.node.in.map(spelled), source] }]] }));
    }
    case 'extra-input': {
      const most = finding.facts?.['most'];
      if (written === undefined || typeof most !== 'number') return [];
      return [{ title: most === 0 ? `Remove the ${written.node.in.length === 1 ? 'source' : 'sources'}` : `Keep only the first ${most === 1 ? 'source' : `${most} sources`}`, variants: [[{ kind: 'set', path: [...nodeOf(place), 'in'], value: written.node.in.slice(0, most).map(spelled) }]] }];
    }
    case 'constant-source':
      return written === undefined ? [] : sourcesBefore(written.instance.block, written.name).slice(0, 2).map((source): Candidate => ({ title: `Read \`${source}\``, variants: [[{ kind: 'set', path: place, value: source }]] }));
    case 'cycle': return cycleCandidates(context);
    case 'off-not-merge': case 'off-all':
      return [{ title: 'Let all sources through', variants: [[{ kind: 'remove', path: [...nodeOf(place), 'off'] }]] }];
    case 'when-without-input':
      return [{ title: 'Remove `when`', variants: [[{ kind: 'remove', path: [...nodeOf(place), 'when'] }]] }];
    case 'too-many-nodes':
      return finding.facts?.['times'] === undefined ? [] : [10, 1].map((times): Candidate => ({ title: `Repeat it ${times === 1 ? 'once' : `${times} times`}`, variants: [[repeated(context, nodeOf(place), times)]] }));
    case 'invalid-repeat':
      return [{ title: 'Repeat it once', variants: [[repeated(context, nodeOf(place), 1)]] }, { title: 'Do not repeat it', variants: [[{ kind: 'remove', path: [...nodeOf(place), 'repeat'] }]] }];
    default: return [];
  }
}

/** The wire that closes a circle is taken away, or read from what stands before. */
function cycleCandidates(context: FixContext): readonly Candidate[] {
  const { finding, graph } = context;
  const written = writtenAt(graph.program, finding!.node);
  const members = new Set(Array.isArray(finding!.facts?.['cycle']) ? (finding!.facts['cycle'] as readonly unknown[]) : []);
  if (written === undefined) return [];
  const { block } = written.instance;
  const candidates: Candidate[] = [];
  for (const name of [written.name, ...block.nodes.keys()]) {
    if (!members.has(name)) continue;
    const node = block.nodes.get(name)!;
    node.in.forEach((source, index) => {
      if (!isNamed(source) || !members.has(source.name)) return;
      const path = [...nodeOf(finding!.place).slice(0, -1), name, 'in'];
      candidates.push({ title: `Remove the wire from \`${source.name}\` to \`${name}\``, variants: [[{ kind: 'remove', path: [...path, index] }]] });
      for (const other of wellFirst(written, sourcesBefore(block, name)).filter((candidate) => !members.has(candidate)).slice(0, 2)) candidates.push({ title: `Let \`${name}\` read \`${other}\``, where: `not \`${source.name}\``, variants: [[{ kind: 'set', path: [...path, index], value: other }]] });
    });
  }
  return candidates;
}

/** What a node could read: the nodes written before it, the nearest first, then the scope's inputs. */
function sourcesBefore(block: Block, name: string): readonly string[] {
  const names = [...block.nodes.keys()];
  return [...names.slice(0, names.indexOf(name)).reverse(), ...block.inputs.keys()];
}

/** Sources whose shape is known first: what is broken itself is not proposed before them. */
function wellFirst({ instance }: Written, sources: readonly string[]): readonly string[] {
  const shapeOf = (name: string): boolean => (instance.inputs.get(name) ?? instance.uses.get(name)?.outputs[0])?.tensor.shape != null;
  return [...sources.filter(shapeOf), ...sources.filter((name) => !shapeOf(name))];
}

const spelled = (source: Parameters<typeof formatSource>[0]): string | number | null => (isNamed(source) ? formatSource(source) : source);

/** The path of the node that a place lies in. */
export function nodeOf(place: readonly (string | number)[]): readonly (string | number)[] {
  const at = place.indexOf('nodes');
  return at < 0 ? place : place.slice(0, at + 2);
}

/** Sets how often a node is repeated and keeps how its repetitions are wired and shared. */
function repeated({ parsed }: FixContext, node: JsonPath, times: number): Edit {
  const written = parsed.valueAt([...node, 'repeat']);
  const isObject = typeof written === 'object' && written !== null && !Array.isArray(written);
  return { kind: 'set', path: [...node, 'repeat', ...(isObject ? ['times'] : [])], value: times };
}
