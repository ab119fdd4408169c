import type { RunRecord } from '../../protocol/records.js';

/** What a person at a terminal sees of a run. */
export interface Display {
  show(record: RunRecord): void;
}

/** A bar that redraws itself where the stream is a terminal, else a line every tenth of the way. */
export function createDisplay(stream: NodeJS.WriteStream, steps: number): Display {
  const live = stream.isTTY === true;
  let tenth = -1;
  let told: string | undefined;
  const clear = (): void => void (live && stream.write('\r\u001b[2K'));
  return {
    show(record) {
      switch (record.type) {
        case 'progress': {
          const share = record.step / steps;
          const accuracy = record.accuracy === undefined ? '' : `  accuracy ${percent(record.accuracy)}`;
          const left = record.rate > 0 ? (steps - record.step) / record.rate : 0;
          const line = `step ${record.step} of ${steps}  loss ${record.loss.toFixed(4)}${accuracy}  ${record.rate.toFixed(1)} steps/s  ${duration(left)} left`;
          if (live) stream.write(`\r\u001b[2K${bar(share, Math.max(10, Math.min(30, (stream.columns ?? 80) - line.length - 3)))} ${line}`);
          else if (Math.floor(share * 10) > tenth) {
            tenth = Math.floor(share * 10);
            stream.write(`${line}\n`);
          }
          return;
        }
        case 'log':
        case 'problem':
          clear();
          told = record.message;
          stream.write(`${record.message}\n`);
          return;
        case 'finished': {
          clear();
          const { metrics, outcome, reason, steps: done, time } = record;
          const words = [
            ...(metrics.train_loss === undefined ? [] : [`train loss ${metrics.train_loss.toFixed(4)}`]),
            ...(metrics.test_loss === undefined ? [] : [`test loss ${metrics.test_loss.toFixed(4)}`]),
            ...(metrics.test_accuracy === undefined ? [] : [`test accuracy ${percent(metrics.test_accuracy)}`]),
          ];
          stream.write(`${outcome}: ${done} steps in ${duration(time)}${words.length ? `, ${words.join(', ')}` : ''}${reason && reason !== told ? `\n${reason}` : ''}\n`);
          return;
        }
        default:
      }
    },
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, share) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

/** "0.8 s", "42 s", "3 min 20 s". */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(seconds - 60 * minutes)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "32.8 kB", "3.4 MB", "1.2 GB". */
export function megabytes(bytes: number): string {
  if (bytes < 1e5) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
