import path from 'node:path';
import { memoryOf } from '../../analysis/memory.js';
import type { ProgramNode } from '../../program/program.js';
import type { FinishedRecord, LayerRecord, RunRecord } from '../../protocol/records.js';
import { evaluateDim, formatShape } from '../../shapes/index.js';
import type { HostTensor, TracedLayer } from '../backends/backend.js';
import { initialWeights } from '../initialise.js';
import { random } from '../random.js';
import { createRunFolder, finishKilledRuns, type RunFolder } from '../runs/folder.js';
import { memory } from '../training/estimate.js';
import { causeOf, messageOf } from '../training/failure.js';
import type { Plan } from '../training/plan.js';
import { megabytes } from '../training/terminal.js';
import { unmade } from '../training/unmade.js';
import { exit } from './input.js';
import { deviceUsage } from './devices.js';
import { launch, theFile } from './launch.js';
import { table } from './table.js';

export const usage = `netwright trace FILE [--set name=value]... [--backend NAME] [--python FILE] [--json | --events]

Runs the network once on random input, layer by layer: the shape that comes out beside the one that was inferred, time and memory of each, and what is held while it runs: its inputs and outputs and what later layers still read.
${deviceUsage}
  --json, --events   one JSON record a line
Exit code 0: every shape is as inferred; 1: one is not, or the design cannot be run; 2: input that cannot be used.`;

export function run(args: readonly string[]): Promise<number> {
  return launch(args, { purpose: 'trace', usage, options: {}, source: (values, file) => theFile(file, values.set, { purpose: 'trace', usage }) }, async ({ file, text, planned, backend, values }) => {
    const asRecords = (values.json ?? false) || (values.events ?? false);
    const home = process.cwd();
    finishKilledRuns(home);
    const { program, recipe, set, sizes } = planned;
    let folder: RunFolder;
    try {
      folder = createRunFolder(home, { command: 'trace', file, design: text, recipe: planned.recipeName, settings: { ...recipe }, set, backend: backend.name, device: backend.device, reason: backend.reason, versions: backend.versions });
    } catch (error) {
      return unmade(file, error, asRecords);
    }
    const records: LayerRecord[] = [];
    const record = (each: RunRecord): void => {
      folder.append(each);
      if (asRecords) process.stdout.write(`${JSON.stringify(each)}\n`);
      if (each.type === 'layer') records.push(each);
    };
    const start = performance.now();
    let finished: FinishedRecord;
    try {
      record({ type: 'started', id: folder.id, command: 'trace', file, at: new Date().toISOString(), backend: backend.name, device: backend.device, seed: recipe.seed, steps: 0, batch: recipe.batch_size, estimate: { seconds: 0, bytes: memory(planned) }, recipe: planned.recipeName, set });
      for (const message of planned.notes) record({ type: 'log', level: 'info', message });
      const { nodes } = memoryOf(program);
      await backend.trace(program, initialWeights(program, recipe.seed, sizes), randomInputs(planned), (layer) => {
        const traced = layerRecord(layer, sizes, evaluateDim(nodes.get(layer.node.path)?.live ?? null, sizes));
        record(traced);
        if (!traced.ok) record({ type: 'problem', node: traced.node, code: 'traced-shape', message: `\`${traced.node}\` (${traced.op}) puts out ${formatShape(traced.shape)}, but ${traced.inferred} was inferred.` });
      });
      const wrong = records.filter(({ ok }) => !ok).length;
      finished = { type: 'finished', outcome: wrong ? 'failed' : 'completed', ...(wrong && { reason: `${wrong} of ${records.length} layers put out another shape than was inferred.` }), steps: 0, time: (performance.now() - start) / 1000, metrics: {} };
    } catch (error) {
      finished = { type: 'finished', outcome: 'failed', cause: causeOf(error), reason: messageOf(error), steps: 0, time: (performance.now() - start) / 1000, metrics: {} };
    }
    try {
      record(finished);
    } catch (error) {
      process.stderr.write(`netwright: ${messageOf(error)}\n`);
    }
    if (!asRecords) process.stdout.write(`${people(file, planned, records, finished, `${backend.name} on ${backend.device}`)}\n`);
    else if (finished.reason) process.stderr.write(`${file}: error: ${finished.reason}\n`);
    return finished.outcome === 'completed' ? exit.clean : exit.errors;
  });
}

function layerRecord({ node, shapes, milliseconds, bytes, peak }: TracedLayer, sizes: ReadonlyMap<string, number>, held: number | null): LayerRecord {
  const inferred = node.outputs.map(({ shape }) => (shape ?? []).map((dim) => evaluateDim(dim, sizes)));
  const ok = shapes.length >= inferred.length && inferred.every((shape, port) => shape.length === shapes[port]?.length && shape.every((size, axis) => size === null || size === shapes[port]?.[axis]));
  const different = Math.max(0, inferred.findIndex((shape, port) => JSON.stringify(shape) !== JSON.stringify(shapes[port])));
  const port = ok ? 0 : different;
  return { type: 'layer', node: node.path, op: node.operator.type, shape: shapes[port] ?? [], inferred: formatShape(node.outputs[port]?.shape ?? null), ok, ms: Math.round(milliseconds * 1000) / 1000, bytes, ...((peak ?? held) !== null && { peak: peak ?? held ?? 0, peakFrom: peak === undefined ? 'shapes' : 'device' }) };
}

/** Normal values; integers below what an Embedding that reads them holds. */
function randomInputs({ program, inputs, recipe }: Plan): readonly HostTensor[] {
  return program.inputs.map(({ name, tensor }, index) => {
    const shape = inputs[index] ?? [];
    const generator = random(recipe.seed, 'trace', name);
    const length = shape.reduce((all, size) => all * size, 1);
    if (/^(u?int|bool)/.test(tensor.dtype)) {
      const rows = Math.min(...program.nodes.filter((node) => reads(node, index)).map(({ params }) => (typeof params['num_embeddings'] === 'number' ? params['num_embeddings'] : 2)), tensor.dtype === 'bool' ? 2 : Infinity);
      return { shape, data: Int32Array.from({ length }, () => generator.below(Number.isFinite(rows) ? rows : 2)) };
    }
    return { shape, data: Float32Array.from({ length }, () => generator.normal()) };
  });
}

const reads = (node: ProgramNode, input: number): boolean => node.inputs.some(({ origin }) => origin.kind === 'input' && origin.input === input);

function people(file: string, { program, notes }: Plan, records: readonly LayerRecord[], finished: FinishedRecord, where: string): string {
  const total = records.reduce((sum, { ms }) => sum + ms, 0);
  const bytes = records.reduce((sum, each) => sum + each.bytes, 0);
  const rows = records.map(({ node, op, shape, inferred, ok, ms, bytes: each, peak = each }) => [node, op, formatShape(shape), ok ? inferred : `≠ ${inferred}`, ms.toFixed(2), megabytes(each), megabytes(peak)]);
  const most = records.reduce<LayerRecord | undefined>((best, each) => ((each.peak ?? 0) > (best?.peak ?? 0) ? each : best), undefined);
  return [
    `${path.relative(process.cwd(), path.resolve(file))} on ${where}`,
    ...notes,
    ...table([['node', 'operator', 'output', 'inferred', 'ms', 'memory', 'held'], ...rows], [4, 5, 6]),
    '',
    `${records.length} of ${program.nodes.length} layers in ${total.toFixed(1)} ms, ${megabytes(bytes)} of outputs${most?.peak === undefined ? '' : `; most is held at ${most.node}, ${megabytes(most.peak)}`}`,
    ...(most?.peakFrom === undefined ? [] : [most.peakFrom === 'device' ? 'What is held is measured on the device.' : 'What is held is computed from the shapes: this device does not tell it by layer, nor what a kernel takes while it runs.']),
    finished.reason ?? 'Every shape is as inferred.',
  ].join('\n');
}
