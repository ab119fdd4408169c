import { isNamed, nodePath, writtenAt } from '../scope.js';
import { projectedInput, widthCandidates } from './width.js';
import { formatSource } from '../../document/source.js';
import { operator } from '../../operators/index.js';
import type { Candidate, FixContext } from './verify.js';

const roles = ['the query', 'the key', 'the value'] as const;

/** Fixes of attention whose query, key and value do not go together. */
export function attentionCandidates(context: FixContext): readonly Candidate[] {
  const { finding, graph } = context;
  const written = finding === undefined ? undefined : writtenAt(graph.program, finding.node);
  if (finding === undefined || written === undefined || operator(written.node.op)?.family !== 'Attention') return [];
  const input = finding.input ?? 0;
  const { expected, actual, sizes } = finding.facts ?? {};
  if (finding.code === 'feature-mismatch' && input < 3) {
    const role = roles[input] ?? 'the input';
    return [...widthCandidates(context, finding.node, input, actual, expected), ...projectedInput(written, input, expected, role)];
  }
  const path = [...nodePath(written.block, written.name), 'in'];
  if (finding.code === 'shape-mismatch' && input === 2 && written.node.in.length > 2) {
    // Key and value come from one sequence.
    const [, key, value] = written.node.in;
    return [[2, key, value] as const, [1, value, key] as const].flatMap(([at, source]) => (isNamed(source) ? [{ title: `Read \`${formatSource(source)}\` as ${roles[at]}`, where: 'key and value of one sequence', variants: [[{ kind: 'set' as const, path: [...path, at], value: formatSource(source) }]] }] : []));
  }
  if (finding.code === 'shape-mismatch' && input >= 3 && Array.isArray(sizes)) return [{ title: 'Leave the mask out', variants: [[input === written.node.in.length - 1 ? { kind: 'remove', path: [...path, input] } : { kind: 'set', path: [...path, input], value: null }]] }];
  if (finding.code === 'mask-and-causal') return [{ title: 'Set is_causal false', where: 'the mask says what is seen', variants: [[{ kind: 'set', path: [...nodePath(written.block, written.name), 'is_causal'], value: false }]] }];
  return [];
}
