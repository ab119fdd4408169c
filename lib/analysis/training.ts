import { writtenProblems } from '../recipes/written.js';
import type { Candidate } from './fixes/verify.js';
import type { Given } from './given.js';
import type { Document } from '../document/model.js';
import type { Problem } from '../document/problem.js';
import type { Program } from '../program/program.js';

/** What is wrong with recipes and with the words that nodes say of training, with fixes that are still to be tried. */
export function trainingProblems(document: Document, program: Program, { set }: Given): readonly { readonly problem: Problem; readonly candidates: readonly Candidate[]; readonly gone: (after: Program) => boolean }[] {
  const told = writtenProblems(document, program, set);
  return told.map((problem) => ({
    problem: { ...problem, fixes: [] },
    candidates: problem.fixes.map(({ title, edits }) => ({ title, variants: [edits] })),
    gone: (after) => writtenProblems(after.document, after, set).length < told.length,
  }));
}
