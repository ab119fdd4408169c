import type { Analysis, Condition } from './analysis.js';
import { conditionsOf } from './conditions/conditions.js';
import { graphOf } from './graph.js';
import { problemsOf } from './problems.js';
import { receptiveFields } from './receptive-field.js';
import { findSkips } from './skips.js';
import { activationBytesOf, totalsOf } from './totals.js';
import { parse, type Parsed } from '../document/parse.js';
import { buildProgram } from '../program/build.js';
import type { JsonValue } from '../document/json.js';

export interface AnalyzeOptions {
  /** Parameters of the document that replace those written, as `--set` gives them. */
  readonly set?: Readonly<Record<string, JsonValue>>;
}

/** All that can be said of a design without running it. Total: any text has an analysis. */
export function analyze(design: Parsed | string, options: AnalyzeOptions = {}): Analysis {
  const parsed = typeof design === 'string' ? parse(design) : design;
  const program = buildProgram(parsed.document, options.set === undefined ? {} : { set: options.set });
  const graph = graphOf(program);
  const once = <T>(make: () => T): (() => T) => {
    let made: { readonly value: T } | undefined;
    return () => (made ??= { value: make() }).value;
  };
  // Problems are what a keystroke waits for; the rest is derived when somebody looks.
  const activationBytes = once(() => activationBytesOf(program));
  const totals = once(() => totalsOf(program, activationBytes()));
  const conditions = once((): readonly Condition[] => conditionsOf(program));
  return {
    parsed,
    ...(options.set !== undefined && { set: options.set }),
    program,
    problems: problemsOf(parsed, graph, options),
    get totals() { return totals(); },
    get skips() { return findSkips(graph); },
    get receptiveFields() { return receptiveFields(graph); },
    get activationBytes() { return activationBytes(); },
    get conditions() { return conditions(); },
  };
}

/** Analyses one design again and again while it changes; what has not changed is not computed twice. */
export function createAnalysis(options: AnalyzeOptions = {}): { update(parsed: Parsed): Analysis } {
  let last: Analysis | undefined;
  return {
    update(parsed) {
      if (last?.parsed !== parsed) last = analyze(parsed, options);
      return last;
    },
  };
}
