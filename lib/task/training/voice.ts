import type { FinishedRecord, RunRecord } from '../../protocol/records.js';
import type { RunFolder } from '../runs/folder.js';
import { createDisplay } from './terminal.js';

/** How the command speaks: with `events` in records alone, with `json` in the last one alone, else to people. */
export interface Speech {
  readonly events: boolean;
  readonly json: boolean;
}

/** Everything that a run says goes through here: into its folder, and to who has started it. */
export interface Voice {
  record(record: RunRecord): void;
  /** A line for people. */
  say(text: string): void;
  /** The last record; no second one is ever written. Answers whether it stands in the folder. */
  finish(record: FinishedRecord): boolean;
  /** Asked to stop by a signal. */
  readonly stopAsked: boolean;
  /** Stops listening to signals and to the end of the process. */
  close(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function createVoice(folder: RunFolder, steps: number, { events, json }: Speech): Voice {
  const out = json || events ? process.stderr : process.stdout;
  const display = createDisplay(out, steps);
  const [begun, made] = [performance.now(), { step: 0 }];
  let signal: string | undefined;
  let finished = false;
  let crash: string | undefined;
  const say = (text: string): void => void (!events && !json && out.write(`${text}\n`));
  const show = (record: RunRecord): void => {
    if (events) process.stdout.write(`${JSON.stringify(record)}\n`);
    else if (!json) display.show(record);
  };
  const finish = (record: FinishedRecord): boolean => {
    if (finished) return false;
    finished = true;
    show(record);
    try {
      folder.append(record);
      return true;
    } catch (error) {
      // Whoever finds the process gone writes the end once there is room.
      process.stderr.write(`netwright: ${error instanceof Error ? error.message : String(error)}\n`);
      return false;
    }
  };
  const listen = (name: NodeJS.Signals): void => {
    if (signal !== undefined) process.exit(130);
    signal = name;
    say(`\n${name}: the present step is finished, then what is learned is saved. Once more ends at once.`);
  };
  const crashed = (error: Error): void => void (crash = error.message);
  /** A second signal, a closed pipe, an error that nobody catches. */
  const exiting = (code: number): void => {
    const reason = crash ?? (signal === undefined ? `The process was ended with exit code ${code}.` : `Ended at once by a second signal after ${signal}.`);
    finish({ type: 'finished', outcome: signal === undefined ? 'failed' : 'stopped', ...(signal === undefined && { cause: 'unexpected' as const }), reason, steps: made.step, time: (performance.now() - begun) / 1000, metrics: {} });
  };
  for (const name of signals) process.on(name, listen);
  process.on('uncaughtExceptionMonitor', crashed).on('exit', exiting);
  return {
    record(record) {
      if (record.type === 'progress') made.step = record.step;
      folder.append(record);
      show(record);
    },
    say,
    finish,
    get stopAsked() {
      return signal !== undefined || folder.stopAsked();
    },
    close() {
      for (const name of signals) process.off(name, listen);
      process.off('uncaughtExceptionMonitor', crashed).off('exit', exiting);
    },
  };
}
