import type { Analysis, Condition, Skip } from '../../analysis/analysis.js';
import { withBatchOfOne } from '../../analysis/totals.js';
import type { Problem } from '../../document/problem.js';
import type { Instance, Program } from '../../program/program.js';
import type { Dim, Shape } from '../../shapes/dimension.js';

/** A dimension in JSON: a number, the text of a symbolic size, or null for unknown. */
export type DimJson = number | string | null;
export type ShapeJson = readonly DimJson[] | null;

/** What `check --json` prints for one file. */
export interface Report {
  readonly file: string;
  readonly inputs: Readonly<Record<string, ShapeJson>>;
  readonly outputs: Readonly<Record<string, ShapeJson>>;
  readonly nodes: Readonly<Record<string, NodeReport>>;
  readonly totals: { readonly params: DimJson; readonly macs: DimJson; readonly macs_conv_linear: DimJson; readonly activation_bytes: DimJson };
  /** Activation memory for one example, in bytes: the most at once in inference and where, the most in the forward pass of training, what autograd keeps. */
  readonly memory: { readonly inference: DimJson; readonly peak_at: string | null; readonly training: DimJson; readonly saved: DimJson };
  readonly skips: readonly Pick<Skip, 'from' | 'to' | 'kind' | 'merge' | 'layers'>[];
  /** What the named sizes of the inputs must be. */
  readonly conditions: readonly Condition[];
  readonly problems: readonly ProblemReport[];
}
export interface NodeReport {
  readonly op: string;
  readonly shapes: readonly ShapeJson[];
  readonly params: DimJson;
  readonly macs: DimJson;
  /** Bytes of its outputs; those that live while it runs in inference; those that are there for the backward pass because of it. */
  readonly memory: { readonly outputs: DimJson; readonly live: DimJson; readonly saved: DimJson };
  readonly shared?: true;
  /** Too wrong to be expanded: its operator is unknown, or how often it is repeated cannot be told. */
  readonly broken?: true;
}
export interface ProblemReport {
  readonly code: string;
  readonly severity: string;
  readonly node: string;
  readonly at: Problem['at'] | null;
  readonly message: string;
  readonly explanation: readonly string[];
  readonly fixes: readonly string[];
  readonly range: Problem['range'] | null;
}

export function report(file: string, analysis: Analysis): Report {
  const { program, totals, memory, skips, problems } = analysis;
  return {
    file,
    inputs: Object.fromEntries(program.inputs.map((input) => [input.name, shapeJson(input.tensor.shape)])),
    outputs: Object.fromEntries(program.outputs.map((output) => [output.name, shapeJson(output.value.tensor.shape)])),
    nodes: Object.fromEntries([
      ...program.nodes.map((node): readonly [string, NodeReport] => [
        node.path,
        {
          op: node.operator.type,
          shapes: node.outputs.map((output) => shapeJson(output.shape)),
          params: dimJson(node.parameters),
          macs: dimJson(withBatchOfOne(node.macs)),
          memory: { outputs: dimJson(analysis.activationBytes.get(node.path) ?? null), live: dimJson(memory.nodes.get(node.path)?.live ?? null), saved: dimJson(memory.nodes.get(node.path)?.saved ?? null) },
          ...(node.shared && { shared: true as const }),
        },
      ]),
      ...brokenNodes(program).map(({ path, op }): readonly [string, NodeReport] => [path, { op, shapes: [null], params: null, macs: null, memory: { outputs: null, live: null, saved: null }, broken: true }]),
    ]),
    totals: { params: dimJson(totals.params), macs: dimJson(totals.macs), macs_conv_linear: dimJson(totals.macsConvLinear), activation_bytes: dimJson(totals.activationBytes) },
    memory: { inference: dimJson(memory.inference), peak_at: memory.peakAt ?? null, training: dimJson(memory.training), saved: dimJson(memory.saved) },
    skips: skips.map(({ from, to, kind, merge, layers }) => ({ from, to, kind, merge, layers })),
    conditions: analysis.conditions,
    problems: problems.map(problemReport),
  };
}

/** What is written and could not be expanded, so that nobody who reads the report believes it is not there. */
export function brokenNodes(program: Program): readonly { readonly path: string; readonly op: string }[] {
  const found: { readonly path: string; readonly op: string }[] = [];
  const visit = (instance: Instance): void => {
    for (const { node, each } of instance.uses.values()) {
      for (const one of each) {
        if (one.kind === 'broken') found.push({ path: one.path, op: node.op });
        else if (one.kind === 'block') visit(one.instance);
      }
    }
  };
  if (program.findings.length > 0) visit(program.root);
  return found;
}

function problemReport(problem: Problem): ProblemReport {
  return {
    code: problem.code,
    severity: problem.severity,
    node: problem.node,
    at: problem.at ?? null,
    message: problem.message,
    explanation: problem.explanation.map((step) => step.text),
    fixes: problem.fixes.filter((fix) => fix.refusal === undefined).map((fix) => fix.title),
    range: problem.range ?? null,
  };
}

export const dimJson = (dim: Dim): DimJson => (typeof dim === 'object' && dim ? dim.text : dim);
const shapeJson = (shape: Shape | null): ShapeJson => shape && shape.map(dimJson);
