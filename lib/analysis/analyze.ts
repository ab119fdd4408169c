import type { Analysis, Condition, Skip, Totals } from './analysis.js';
import { conditionsOf } from './conditions/conditions.js';
import { graphOf, type Graph } from './graph.js';
import { memoryOf, type Memory } from './memory.js';
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

/** All that can be said of a design without running it. Total: any text has an analysis. */
export function analyze(design: Parsed | string, options: AnalyzeOptions = {}): Analysis {
  const parsed = typeof design === 'string' ? parse(design) : design;
  const { previous, set } = options;
  const before = previous instanceof DesignAnalysis ? previous : undefined;
  const program = buildProgram(parsed.document, { ...(set !== undefined && { set }), previous: previous?.program });
  return new DesignAnalysis(parsed, program, set, before);
}

/**
 * Problems are what a keystroke waits for; the rest is derived when somebody looks. A class, as getters of an object literal are kept with all that they see
 * until the engine's next full collection of garbage.
 */
class DesignAnalysis implements Analysis {
  readonly set?: NonNullable<AnalyzeOptions['set']>;
  readonly problems: Analysis['problems'];
  private readonly graph: Graph;
  private costs: Costs | undefined = undefined;
  /** Those of an earlier version, from which this version's follow. */
  private earlierCosts: Costs | undefined;
  private bytes: Analysis['activationBytes'] | undefined = undefined;
  private held: Memory | undefined = undefined;
  private asked: readonly Condition[] | undefined = undefined;

  /** `before`: the analysis of an earlier version; its costs are all that is held of it, until those of this one are asked for. */
  constructor(readonly parsed: Parsed, readonly program: Program, set: AnalyzeOptions['set'], before: DesignAnalysis | undefined) {
    if (set !== undefined) this.set = set;
    this.graph = graphOf(program, before?.graph);
    this.earlierCosts = before?.costs ?? before?.earlierCosts;
    this.problems = problemsOf(parsed, this.graph, set === undefined ? {} : { set });
  }

  get totals(): Totals {
    if (this.costs === undefined) {
      this.costs = costsOf(this.program, this.earlierCosts);
      this.earlierCosts = undefined;
    }
    return this.costs.totals;
  }
  get skips(): readonly Skip[] {
    return findSkips(this.graph);
  }
  get receptiveFields(): Analysis['receptiveFields'] {
    return receptiveFields(this.graph);
  }
  get activationBytes(): Analysis['activationBytes'] {
    return (this.bytes ??= activationBytesOf(this.program));
  }
  get memory(): Memory {
    return (this.held ??= memoryOf(this.program));
  }
  get conditions(): readonly Condition[] {
    return (this.asked ??= conditionsOf(this.program));
  }
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
