import { buildProgram } from '../program/build.js';
import type { AnalyzeOptions } from './analyze.js';
import type { Document } from '../document/model.js';
import type { Program } from '../program/program.js';

/** Options of an analysis with what is assumed of a design that has no inputs of its own: a block that nothing uses. */
export interface Given extends AnalyzeOptions {
  /** The document in whose place the written one is built. */
  readonly assume?: (document: Document) => Document;
}

/** The program of a document under the options of an analysis, taking over what `previous` has alike. */
export function programFor(document: Document, { set, assume }: Given, previous?: Program): Program {
  return buildProgram(assume?.(document) ?? document, { ...(set !== undefined && assume === undefined && { set }), ...(previous !== undefined && { previous }) });
}
