import { plain } from './params.js';
import { freshName, isNamed, nodePath, writtenAt } from '../scope.js';
import { operatorCandidates } from './rename.js';
import { nearest as nearestName, nodeOrder } from '../../document/names.js';
import { formatSource } from '../../document/source.js';
import type { Candidate, FixContext } from './verify.js';
import type { Edit } from '../../document/edit.js';
import type { JsonPath, JsonValue } from '../../document/json.js';

/** Fixes of names: what is misspelt gets the nearest name that there is. */
export function nameCandidates(context: FixContext): readonly Candidate[] {
  const { finding, parsed } = context;
  if (finding === undefined) return [];
  const nearest = namesIn(finding.facts?.['nearest']);
  const { place } = finding;
  switch (finding.code) {
    case 'unknown-operator': return operatorCandidates(context, nearest);
    case 'unknown-param': {
      const param = finding.param ?? String(place.at(-1));
      const path = place.at(-1) === param ? place : [...place, param];
      // Words that every node may have, "freeze" or "when", are misspelt as parameters are.
      const word = finding.node === '' ? undefined : nearestName(param, nodeOrder.filter((each) => each !== 'params'));
      return [
        ...[...new Set([...nearest, ...(word === undefined ? [] : [word])])].map((name): Candidate => ({ title: `Rename to ${name}`, variants: [[{ kind: 'renameKey', path, to: name }]] })),
        { title: `Remove ${param}`, variants: [[{ kind: 'remove', path }]] },
      ];
    }
    case 'unknown-source': case 'unknown-port': case 'unknown-repetition': case 'absent-port':
      return sourceCandidates(context, nearest);
    case 'unknown-name': case 'dim-source': {
      const wrong = String(finding.facts?.['name'] ?? finding.facts?.['source'] ?? '');
      return nearest.flatMap((name): readonly Candidate[] => {
        const edits = replaced(place, parsed.valueAt(place), wrong, name);
        return edits.length === 0 ? [] : [{ title: `Change \`${wrong}\` to \`${name}\``, variants: [edits] }];
      });
    }
    case 'unknown-weights': {
      const path = place.at(-1) === 'weights' ? place : [...place, 'weights'];
      return [...nearest.map((name): Candidate => ({ title: `Use the weights of \`${name}\``, variants: [[{ kind: 'set', path, value: name }]] })), removal(path, 'Give it weights of its own')];
    }
    case 'weights-absent': case 'weights-cycle': case 'weights-op': case 'weights-nothing': case 'weights-shape':
      return [...ownWeights(context), removal(place.at(-1) === 'weights' ? place : [...place, 'weights'], 'Give it weights of its own')];
    case 'hides-operator': {
      const block = String(finding.facts?.['block'] ?? '');
      const to = `${block}Block`;
      return [{ title: `Rename the block to ${to}`, variants: [[{ kind: 'renameBlock', from: block, to }]] }];
    }
    default: return [];
  }
}

/** What differs from the layer whose weights are used is taken away; or the layer gets weights of its own, and says itself what it took from there. */
function ownWeights({ finding, graph }: FixContext): readonly Candidate[] {
  const written = writtenAt(graph.program, finding!.node);
  const node = graph.program.node(finding!.node);
  const other = typeof finding!.facts?.['path'] === 'string' ? graph.program.node(finding!.facts['path']) : undefined;
  if (finding!.code !== 'weights-shape' || written === undefined || node === undefined) return [];
  const path = nodePath(written.block, written.name);
  const differing = other === undefined ? [] : [...written.node.params.keys()].filter((name) => JSON.stringify(node.params[name]) !== JSON.stringify(other.params[name]) && ['kernel_size', 'out_channels', 'out_features', 'groups', 'bias', 'in_channels', 'in_features', 'num_features', 'hidden_size', 'num_embeddings', 'embedding_dim'].includes(name));
  const taken = [...node.operator.params].flatMap(([name, spec]): readonly (readonly [string, JsonValue])[] => {
    const value = plain(node.params[name]);
    return spec.default === undefined && spec.assertion !== true && !written.node.params.has(name) && value !== undefined ? [[name, Array.isArray(value) && value.every((each) => each === value[0]) ? (value[0] as JsonValue) : value]] : [];
  });
  return [
    ...(differing.length === 0 ? [] : [{ title: `Remove ${differing.join(' and ')}`, where: `as in \`${other!.name}\``, variants: [differing.map((name): Edit => ({ kind: 'remove', path: [...path, name] }))] }]),
    ...(taken.length === 0 ? [] : [{ title: 'Give it weights of its own', where: taken.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(', '), variants: [[{ kind: 'remove' as const, path: [...path, 'weights'] }, ...taken.map(([name, value]): Edit => ({ kind: 'set', path: [...path, name], value }))]] }]),
  ];
}

const removal = (path: JsonPath, title: string): Candidate => ({ title, variants: [[{ kind: 'remove', path }]] });

/** A source that leads nowhere: the nearest name, its first output, or a new node of that name. */
function sourceCandidates(context: FixContext, nearest: readonly string[]): readonly Candidate[] {
  const { finding, parsed, graph } = context;
  const { place } = finding!;
  const spelled = parsed.valueAt(place);
  if (typeof spelled !== 'string') return [];
  const set = (value: string): readonly Edit[] => [{ kind: 'set', path: place, value }];
  const candidates: Candidate[] = nearest.map((name) => ({ title: `Read \`${name}\``, variants: [set(name + spelled.replace(/^[A-Za-z_]\w*/, '')), set(name)] }));
  const bare = /^[A-Za-z_]\w*/.exec(spelled)?.[0];
  const ports = namesIn(finding!.facts?.['ports']);
  if (finding!.code !== 'unknown-source' && bare !== undefined) candidates.push({ title: `Read \`${bare}\``, variants: [set(bare)] }, ...ports.map((port): Candidate => ({ title: `Read \`${bare}.${port}\``, variants: [set(`${bare}.${port}`)] })));
  const written = writtenAt(graph.program, finding!.node);
  if (finding!.code === 'unknown-source' && bare !== undefined && written !== undefined && place[place.length - 2] === 'in') {
    const { block } = written.instance;
    const before = [...block.nodes.keys()].slice(0, [...block.nodes.keys()].indexOf(written.name)).reverse();
    const sources = [...before, ...block.inputs.keys()];
    candidates.push({
      title: `Create \`${bare}\``, where: 'an Identity, to be changed',
      variants: sources.slice(0, 3).map((source): readonly Edit[] => [{ kind: 'insert', path: place.slice(0, -3), key: freshName(block, bare), value: { op: 'Identity', in: [source] }, after: before[0] ?? null }]),
    });
  }
  const others = written?.node.in.filter(isNamed).map(formatSource) ?? [];
  if (others.length > 1 && place[place.length - 2] === 'in') candidates.push({ title: `Remove \`${spelled}\` from the sources`, variants: [[{ kind: 'remove', path: place }]] });
  return candidates;
}

/** The edits that put another name into an expression, which may stand in a list. */
export function replaced(place: JsonPath, value: JsonValue | undefined, wrong: string, name: string): readonly Edit[] {
  if (typeof value === 'string' && value.startsWith('=')) {
    const changed = value.replace(new RegExp(`\\b${wrong.replace(/[^\w]/g, '\\$&')}(?![\\w(])`, 'g'), name);
    return changed === value ? [] : [{ kind: 'set', path: place, value: changed }];
  }
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap((element, index) => replaced([...place, index], element, wrong, name));
  return [];
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];
}
