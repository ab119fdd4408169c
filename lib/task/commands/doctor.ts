import os from 'node:os';
import { writeMeasured } from '../backends/measured.js';
import { lookAtAll, type Finding } from '../doctor/findings.js';
import { measure, type Speed } from '../doctor/measure.js';
import { parts, versionOf } from '../parts/index.js';
import { partsFolder } from '../parts/folder.js';
import { megabytes } from '../training/terminal.js';
import { exit, guarded, readArguments, UnusableInput } from './input.js';
import { whole } from './launch.js';

export const usage = `netwright doctor [--python FILE] [--seconds N | --no-measure] [--json]

Which backends are here, what the others lack and how to get it; then some seconds in which each trains a small convolutional network. auto goes by what was
measured until it is measured again.
  --python       the Python with PyTorch; else the one of VS Code's Python extension, NETWRIGHT_PYTHON, VIRTUAL_ENV and PATH are looked through
  --seconds      for all of them together; 10 unless given
  --no-measure   looks and does not measure
Exit code 0: at least one trains; 1: none does; 2: arguments that cannot be used.`;

/** Seconds for all backends together. */
const usualSeconds = 10;

type Row = Finding & Partial<Speed>;

export function run(args: readonly string[]): Promise<number> {
  return guarded(async () => {
    const { values, positionals } = readArguments(args, { python: { type: 'string' }, seconds: { type: 'string' }, 'no-measure': { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }, usage);
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      return exit.clean;
    }
    if (positionals.length) throw new UnusableInput(`doctor takes no ${positionals[0]}\n${usage}`);
    const { seconds = usualSeconds } = whole('seconds', values.seconds, 1);
    const say = (text: string): void => void (values.json || process.stdout.write(`${text}\n`));
    const machine = { node: process.version, platform: `${process.platform} ${process.arch}`, processor: os.cpus()[0]?.model ?? '', cores: os.availableParallelism(), memory: os.totalmem(), ...(process.env['CUDA_VISIBLE_DEVICES'] !== undefined && { CUDA_VISIBLE_DEVICES: process.env['CUDA_VISIBLE_DEVICES'] }) };
    say(`Node ${machine.node} on ${machine.platform}, ${machine.processor ? `${machine.processor}, ` : ''}${machine.cores} cores, ${megabytes(machine.memory)} of memory${machine.CUDA_VISIBLE_DEVICES === undefined ? '' : `, CUDA_VISIBLE_DEVICES=${machine.CUDA_VISIBLE_DEVICES}`}`);
    const found = await lookAtAll(values.python);
    for (const { finding } of found) say(describe(finding));
    // What computes on the CPU in place of a GPU says nothing about one, and takes a minute for a step.
    const measured = found.filter(({ backend, finding }) => backend && finding.measuredAs !== undefined).length;
    const rows: Row[] = [];
    if (!values['no-measure'] && measured) say(`\nA training step of a small convolutional network (33,914 parameters, 32 images of 28 × 28), in ${seconds} s:`);
    for (const { finding, backend } of found) {
      if (!backend || finding.measuredAs === undefined || values['no-measure']) {
        rows.push(finding);
        continue;
      }
      try {
        const speed = await measure(backend, seconds / measured);
        rows.push({ ...finding, ...speed });
        say(`  ${finding.backend.padEnd(12)}${speed.milliseconds.toFixed(1).padStart(9)} ms  (of ${speed.steps} steps; the first took ${speed.first.toFixed(0)} ms; first loss ${speed.loss.toFixed(5)})`);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        rows.push({ ...finding, works: false, reason: `it does not train: ${reason}` });
        say(`  ${finding.backend.padEnd(12)} does not train: ${reason}`);
      }
    }
    for (const { backend } of found) backend?.close?.();
    if (!values['no-measure']) writeMeasured(rows.flatMap(({ measuredAs, device, milliseconds }) => (measuredAs !== undefined && milliseconds !== undefined ? [{ backend: measuredAs, device: device ?? '', milliseconds }] : [])));
    const taken = choice(rows);
    say(`\n${taken ? `auto takes ${taken.backend} on ${taken.device}.` : 'auto has nothing to take.'}`);
    const here = Object.keys(parts).map((name) => ({ part: name, version: versionOf(name) ?? null }));
    const kept = here.filter(({ version }) => version !== null);
    if (kept.length) say(`Fetched on request, in ${partsFolder()}: ${kept.map(({ part, version }) => `${part} ${version}`).join(', ')} (netwright remove takes them away).`);
    if (values.json) process.stdout.write(`${JSON.stringify({ ...machine, backends: rows, auto: taken?.backend ?? null, parts: here, storage: partsFolder() })}\n`);
    return rows.some(({ works }) => works) ? exit.clean : exit.errors;
  });
}

/** What auto takes: the fastest that was measured, else the first by the usual order. */
function choice(rows: readonly Row[]): Row | undefined {
  const usual: readonly Finding['backend'][] = ['torch', 'tfjs-webgpu', 'tfjs-node', 'wasm'];
  const candidates = rows.filter(({ works, automatic }) => works && automatic);
  const time = ({ milliseconds }: Row): number => milliseconds ?? Infinity;
  return [...candidates].sort((a, b) => (time(a) === time(b) ? usual.indexOf(a.backend) - usual.indexOf(b.backend) : time(a) - time(b)))[0];
}

function describe({ backend, works, device, memory, versions, reason, remedy }: Finding): string {
  const lines = [
    works
      ? `✓ ${backend}: ${device}${memory ? `, ${memory.free === undefined ? '' : `${megabytes(memory.free)} free of `}${megabytes(memory.total)}` : ''} (${Object.entries(versions ?? {}).map(([name, version]) => `${name} ${version}`).join(', ')})`
      : `✗ ${backend}: ${reason}`,
    ...(works && reason ? [`    ${reason}`] : []),
    ...(remedy ? [`    → ${remedy}`] : []),
  ];
  return lines.join('\n');
}
