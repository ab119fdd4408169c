import { nodePath, writtenAt, type Written } from '../scope.js';
import { insertedBefore } from './insertion.js';
import { reordering, reorderingText } from './reorder.js';
import { widthCandidates } from './width.js';
import type { Candidate, FixContext } from './verify.js';

/** Fixes of matrix products whose factors do not meet: one is turned, or a layer before it gets the width of the other. */
export function productCandidates(context: FixContext): readonly Candidate[] {
  const { finding, graph } = context;
  const written = finding === undefined ? undefined : writtenAt(graph.program, finding.node);
  if (finding === undefined || written === undefined) return [];
  switch (written.node.op) {
    case 'MatMul': case 'BMM': return finding.code === 'feature-mismatch' ? factorCandidates(context, written) : [];
    case 'Einsum': return finding.code === 'shape-mismatch' || finding.code === 'wrong-equation' ? equationCandidates(context, written) : [];
    default: return [];
  }
}

function factorCandidates(context: FixContext, written: Written): readonly Candidate[] {
  const { finding } = context;
  const [a, b] = [0, 1].map((input) => written.use.inputs[input]?.tensor.shape);
  if (a == null || b == null) return [];
  const { expected, actual } = finding!.facts ?? {};
  return [
    // Scores of attention: query times the transposed key.
    ...[1, 0].flatMap((input) => {
      const rank = [a, b][input]!.length;
      return rank < 2 ? [] : [transposed(written, input, rank)];
    }),
    ...widthCandidates(context, finding!.node, 0, expected, actual),
  ];
}

function transposed(written: Written, input: number, rank: number): Candidate {
  const order = Array.from({ length: rank }, (_, axis) => (axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis));
  return { title: `Insert ${reorderingText(order)} before the ${input === 0 ? 'first' : 'second'} factor of \`${written.name}\``, where: input === 1 ? 'multiplies by its transpose' : 'turns it round', variants: [insertedBefore(written, input, [reordering(order)])] };
}

/** Letters in the order in which the sizes arrive, else the width of the layer before. */
function equationCandidates(context: FixContext, written: Written): readonly Candidate[] {
  const { finding } = context;
  const equation = written.node.params.get('equation');
  const shapes = written.use.inputs.map(({ tensor }) => tensor.shape);
  if (typeof equation !== 'string' || equation.includes('...') || shapes.some((shape) => shape == null)) return [];
  const [left = '', right] = equation.replace(/\s/gu, '').split('->');
  const terms = left.split(',');
  const path = [...nodePath(written.block, written.name), 'equation'];
  const candidates: Candidate[] = [];
  if (finding!.code === 'shape-mismatch') {
    for (const [input, term] of [...terms.entries()].reverse()) {
      for (let i = 0; i < term.length; i += 1) {
        for (let j = i + 1; j < term.length; j += 1) {
          // A letter of all inputs and of the result is a batch and stays where it is.
          if ([term[i]!, term[j]!].some((letter) => right?.includes(letter) === true && terms.length > 1 && terms.every((other) => other.includes(letter)))) continue;
          const letters = [...term];
          [letters[i], letters[j]] = [letters[j]!, letters[i]!];
          const changed = `${terms.map((other, k) => (k === input ? letters.join('') : other)).join(',')}${right === undefined ? '' : `->${right}`}`;
          candidates.push({ title: `Set equation "${changed}"`, where: `reads input ${input} the other way round`, once: 'equation', variants: [[{ kind: 'set', path, value: changed }]] });
        }
      }
    }
    const [wanted, actual] = Array.isArray(finding!.facts?.['sizes']) ? (finding!.facts['sizes'] as readonly unknown[]) : [];
    candidates.push(...widthCandidates(context, finding!.node, finding!.input ?? 0, actual, wanted));
    return candidates;
  }
  // As many letters as axes arrive: those of the result stand for what is missing in front.
  const said = terms.map((term, input) => ({ term, rank: shapes[input]?.length ?? 0 }));
  if (said.every(({ term, rank }) => rank - term.length === said[0]!.rank - said[0]!.term.length) && said[0]!.rank > said[0]!.term.length && right !== undefined) {
    const changed = `${terms.map((term) => `...${term}`).join(',')}->...${right}`;
    candidates.push({ title: `Set equation "${changed}"`, where: 'leaves the axes before as they are', variants: [[{ kind: 'set', path, value: changed }]] });
  }
  return candidates;
}
