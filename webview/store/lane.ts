import type { Analysis, Skip } from '../../lib/analysis/analysis.js';
import type { Use } from '../../lib/program/program.js';
import { operatorIn } from '../../lib/program/index.js';
import { subjectAt } from './subject.js';

/** An input of a merge, and what arrives at it. */
export interface Arrival {
  readonly to: string;
  /** Position in the merge's `in`. */
  readonly input: number;
  readonly off: boolean;
  /** The skip that arrives here; none where it is cut off or the branch arrives. */
  readonly skip: Skip | undefined;
}

/**
 * Where a wire arrives at a merge: the wire itself, or the skip of whose lane it is a part (the one before a projection, say). Undefined where it
 * leads to no merge, or is a part of the branch.
 */
export function arrivalOf(analysis: Analysis, to: string, input: number): Arrival | undefined {
  const seen = new Set<string>();
  for (let at = { to, input }; !seen.has(at.to); ) {
    seen.add(at.to);
    const subject = subjectAt(analysis, at.to);
    if (subject?.kind !== 'use') return undefined;
    const { use, scope } = subject;
    if (operatorIn(analysis.parsed.document, use.node.op)?.merge !== undefined) {
      const off = isCut(use, at.input);
      const skip = off ? undefined : analysis.skips.find((one) => one.to === at.to && one.input === remaining(use, at.input));
      return at.to === to || off || skip ? { ...at, off, skip } : undefined;
    }
    const readers = [...scope.uses.values()].flatMap((other) => other.node.in.flatMap((source, k) => (named(source) === use.name ? [{ name: other.name, input: k }] : [])));
    const [reader] = readers;
    if (readers.length !== 1 || reader === undefined || scope.block.outputs.some(({ source }) => named(source) === use.name)) return undefined;
    at = { to: scope.path === '' ? reader.name : `${scope.path}.${reader.name}`, input: reader.input };
  }
  return undefined;
}

const isCut = (use: Use, input: number): boolean => use.cut[input] === true;

/** A skip counts the inputs of its merge without those that are cut off. */
const remaining = (use: Use, input: number): number => use.node.in.slice(0, input).filter((_, k) => !isCut(use, k)).length;

const named = (source: unknown): string | undefined => (typeof source === 'object' && source !== null && 'name' in source && typeof source.name === 'string' ? source.name : undefined);
