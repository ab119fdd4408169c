import type { Analysis, Condition } from './analysis.js';
import { conditionsOf } from './conditions/conditions.js';
import { graphOf, type Graph } from './graph.js';
import { memoryOf } from './memory.js';
import { problemsOf } from './problems.js';
import { receptiveFields } from './receptive-field.js';
import { findSkips } from './skips.js';
import { activationBytesOf, costsOf, type Costs } from './totals.js';
import { parse, type Parsed } from '../document/parse.js';
import { buildProgram } from '../program/build.js';
import type { JsonValue } from '../document/json.js';
import type { Program } from '../program/program.js';

export interface AnalyzeOptions {
  /** Parameters of the document that replace those written, as `--set` gives them. */
  readonly set?: Readonly<Record<string, JsonValue>>;
  /** The analysis of an earlier version of the design, with the same `set`: what has not changed since is taken over. */
  readonly previous?: Analysis | undefined;
}

/** What the analysis of the next version takes over, beside the program. */
interface Kept {
  readonly graph: Graph;
  /** The last costs that were asked for, and of what. */
  costs(): Costs | undefined;
}
/** Held by the analysis itself, so that it goes with it. */
const kept = Symbol('kept');
type Keeping = Analysis & { readonly [kept]?: Kept };

/** All that can be said of a design without running it. Total: any text has an analysis. */
export function analyze(design: Parsed | string, options: AnalyzeOptions = {}): Analysis {
  const parsed = typeof design === 'string' ? parse(design) : design;
  const { previous, set } = options;
  const before = (previous as Keeping | undefined)?.[kept];
  const program = buildProgram(parsed.document, { ...(set !== undefined && { set }), previous: previous?.program });
  return analysisOf(parsed, program, graphOf(program, before?.graph), set, before?.costs());
}

function analysisOf(parsed: Parsed, program: Program, graph: Graph, set: AnalyzeOptions['set'], before: Costs | undefined): Analysis {
  const once = <T>(make: () => T): (() => T) => {
    let made: { readonly value: T } | undefined;
    return () => (made ??= { value: make() }).value;
  };
  // Problems are what a keystroke waits for; the rest is derived when somebody looks.
  const activationBytes = once(() => activationBytesOf(program));
  let costs: Costs | undefined;
  const totals = once(() => (costs = costsOf(program, before)).totals);
  const memory = once(() => memoryOf(program));
  const conditions = once((): readonly Condition[] => conditionsOf(program));
  const analysis: Keeping = {
    parsed,
    ...(set !== undefined && { set }),
    program,
    problems: problemsOf(parsed, graph, set === undefined ? {} : { set }),
    get totals() { return totals(); },
    get skips() { return findSkips(graph); },
    get receptiveFields() { return receptiveFields(graph); },
    get activationBytes() { return activationBytes(); },
    get memory() { return memory(); },
    get conditions() { return conditions(); },
    [kept]: { graph, costs: () => costs ?? before },
  };
  return analysis;
}

/** Analyses one design again and again while it changes; what has not changed is not computed twice. */
export function createAnalysis(options: AnalyzeOptions = {}): { update(parsed: Parsed): Analysis } {
  let last: Analysis | undefined;
  return {
    update(parsed) {
      if (last?.parsed !== parsed) last = analyze(parsed, { ...options, previous: last });
      return last;
    },
  };
}
