import type { ReactNode } from 'react';
import type { RunRecord, RunSummary } from '../../lib/protocol/records.js';
import { Icon } from '../shell/glyph.js';
import type { RunTab } from '../store/state.js';
import { chains, resumableAt } from './chain.js';
import { Chart } from './chart.js';
import { dataOf, endOf, formatTime, gradientLayers, isRunning, latestProgress, progressOf, series, smoothed, startOf } from './curves.js';
import { HeatMap } from './heat-map.js';
import { Inside } from './inside.js';

export interface RunViewProps {
  /** Runs of this file, oldest first; the last is shown over the one before it. */
  readonly runs: readonly RunSummary[];
  /** Expanded paths in the order in which the network runs. */
  readonly order: readonly string[];
  readonly theme: string;
  readonly tab: RunTab;
  onTab(tab: RunTab): void;
  /** The form of the recipes. */
  readonly recipe: ReactNode;
  onStop(): void;
  onAgain: (() => void) | undefined;
  /** Goes on with a run that was interrupted. */
  onResume?: ((id: string) => void) | undefined;
  /** Shows a layer on the canvas. */
  onShow?: (path: string) => void;
  onClose?(): void;
}

const tabs: readonly (readonly [RunTab, string])[] = [['recipe', 'Recipe'], ['run', 'Run'], ['inside', 'Inside'], ['history', 'History'], ['log', 'Log']];

/** A run as it goes on, over the run before it. */
export function RunView(props: RunViewProps) {
  const { runs, tab, onTab, onClose } = props;
  const trained = runs.filter((run) => startOf(run)?.command !== 'trace');
  const [before, present] = lastTwo(chains(trained));
  return (
    <>
      <div className="run-bar" role="tablist" aria-label="Run">
        {tabs.map(([id, title]) => <button key={id} type="button" role="tab" aria-selected={tab === id} onClick={() => onTab(id)}>{title}</button>)}
        <span className="spacer" />
        {onClose && <button type="button" className="icon-button" title="Close the run panel" aria-label="Close the run panel" onClick={onClose}><Icon name="close" /></button>}
      </div>
      {tab === 'recipe' ? props.recipe : !present ? <p className="run-log dim">No run yet. Run trains the network for a few steps on your machine.</p> : tab === 'run' ? <Body {...props} present={present} before={before} /> : tab === 'inside' ? <Inside run={present} onShow={props.onShow} /> : tab === 'history' ? <History runs={trained} /> : <Log run={present} />}
    </>
  );
}

const lastTwo = (runs: readonly RunSummary[]): readonly [RunSummary | undefined, RunSummary | undefined] => [runs.at(-2), runs.at(-1)];

interface BodyProps extends RunViewProps {
  readonly present: RunSummary;
  readonly before: RunSummary | undefined;
}

function Body({ present, before, order, theme, onStop, onAgain, onResume }: BodyProps) {
  const shown = before ? [present, before] : [present];
  const steps = Math.max(...shown.map((run) => latestProgress(run).steps));
  const losses = shown.map((run) => smoothed(series(run, ({ loss }) => loss)));
  const accuracies = shown.map((run) => smoothed(series(run, ({ accuracy }) => accuracy)));
  const tested = (run: RunSummary, key: 'test_loss' | 'test_accuracy') => {
    const end = endOf(run);
    const value = end?.metrics[key];
    return end && value !== undefined ? [{ step: end.steps, value }] : [];
  };
  const kind = (k: number) => (k === 0 ? ('present' as const) : ('before' as const));
  const top = Math.max(0.1, ...losses.flatMap((points) => points.slice(0, Math.max(1, points.length)).map(({ value }) => value)));
  const hasAccuracy = accuracies.some((points) => points.length > 0);
  const layers = gradientLayers(shown, order);
  return (
    <div className="run-body">
      <div className="run-cell"><Control present={present} before={before} onStop={onStop} onAgain={onAgain} onResume={onResume} /></div>
      <div className="run-cell">
        <h3 className="caps">Training loss</h3>
        <Chart title="Training loss" steps={steps} range={[0, top * 1.05]} format={(value) => value.toFixed(2)} lines={losses.map((points, k) => ({ kind: kind(k), points }))} />
      </div>
      {hasAccuracy && (
        <div className="run-cell">
          <h3 className="caps">Accuracy{shown.some((run) => tested(run, 'test_accuracy').length > 0) ? ', dot: test set' : ''}</h3>
          <Chart title="Accuracy" steps={steps} range={[0, 1]} format={(value) => `${Math.round(value * 100)} %`} lines={accuracies.map((points, k) => ({ kind: kind(k), points, dots: tested(shown[k]!, 'test_accuracy') }))} />
        </div>
      )}
      {layers.length > 0 && (
        <div className="run-cell gradient-cell">
          <h3 className="caps">Gradient norm, depth × step</h3>
          {shown.map((run) => (
            <div className="heat" key={run.id}>
              <div className="names"><span title={layers[0]}>{layers[0]}</span><span title={layers.at(-1)}>{layers.length > 1 ? layers.at(-1) : ''}</span></div>
              <div className="map"><HeatMap run={run} layers={layers} steps={steps} theme={theme} /></div>
              <span className="whose">{run === present ? 'this run' : 'the run before'}</span>
            </div>
          ))}
          <div className="heat-scale"><span>vanishing 10⁻⁷</span><i /><span>10¹ exploding</span></div>
        </div>
      )}
    </div>
  );
}

const outcomes = { completed: 'finished', stopped: 'stopped', failed: 'failed', diverged: 'diverged', killed: 'was killed' } as const;

function Control({ present, before, onStop, onAgain, onResume }: { readonly present: RunSummary; readonly before: RunSummary | undefined; onStop(): void; readonly onAgain: (() => void) | undefined; readonly onResume: ((id: string) => void) | undefined }) {
  const { step, steps, last } = latestProgress(present);
  const start = startOf(present);
  const end = endOf(present);
  const running = isRunning(present);
  const kept = resumableAt(present);
  const share = steps > 0 ? step / steps : 0;
  const elapsed = end?.time ?? last?.time ?? 0;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Device', start?.device], ['Taken', start?.reason], ['Memory', start?.memory === undefined ? undefined : `${(start.estimate.bytes / 1e6).toFixed(1)} MB of ${(start.memory / 1e9).toFixed(1)} GB free`], ['Versions', start?.versions && Object.entries(start.versions).map(([name, version]) => `${name} ${version}`).join(', ')], ['Rate', last ? `${Math.round(last.rate * (start?.batch ?? 1)).toLocaleString('en-US')} samples/s` : undefined], ['Step', step > 0 && elapsed > 0 ? `${((1000 * elapsed) / step).toPrecision(3)} ms` : undefined],
    running ? ['Time left', step > 0 ? formatTime((elapsed / step) * (steps - step)) : start && `about ${formatTime(start.estimate.seconds)}`] : ['Time', formatTime(elapsed)],
    ['Data', dataOf(start)], ['Recipe', start?.recipe], ['Batch', start && String(start.batch)], ['Seed', start && String(start.seed)],
    ['Test loss', end?.metrics.test_loss?.toPrecision(3)], ['Test accuracy', end?.metrics.test_accuracy === undefined ? undefined : `${(100 * end.metrics.test_accuracy).toFixed(1)} %`],
  ];
  return (
    <>
      <h3 className="caps">{end ? `Run ${outcomes[end.outcome]}` : 'Running'}</h3>
      <div className="progress-line" role="status"><b>{step}</b><span className="dim"> / {steps} steps</span><span className="spacer" /><span className="dim num">{Math.round(100 * share)} %</span></div>
      <div className="progress" role="progressbar" aria-valuenow={Math.round(100 * share)} aria-valuemin={0} aria-valuemax={100}><i style={{ width: `${100 * share}%` }} /></div>
      {end?.reason !== undefined && <p className="dim" style={{ fontSize: 12, margin: '8px 0 0' }}>{end.reason}</p>}
      <div className="run-buttons">
        {running ? <button type="button" className="button" onClick={onStop}><Icon name="debug-stop" />Stop</button> : <button type="button" className="button secondary" disabled={!onAgain} onClick={onAgain}><Icon name="play" />Run again</button>}
        {kept !== undefined && onResume && <button type="button" className="button secondary" disabled={!onAgain} title={`Goes on from its checkpoint at step ${kept}, with the design and recipe that it had`} onClick={() => onResume(present.id)}>Resume at {kept}</button>}
      </div>
      <div className="run-key"><Sample kind="present" /><span>this run</span><em title={present.change}>{present.change ?? ''}</em></div>
      {before && <div className="run-key"><Sample kind="before" /><span>before</span><em title={before.change}>{before.change ?? ''}</em></div>}
      <dl className="run-table">{rows.map(([title, value]) => value !== undefined && <div key={title} style={{ display: 'contents' }}><dt>{title}</dt><dd title={value}>{value}</dd></div>)}</dl>
    </>
  );
}

const Sample = ({ kind }: { readonly kind: 'present' | 'before' }) => <svg width="26" height="8" aria-hidden="true"><line className={`curve ${kind}`} x2="26" y1="4" y2="4" /></svg>;

function History({ runs }: { readonly runs: readonly RunSummary[] }) {
  return (
    <div className="run-history">
      <table>
        <thead><tr><th>Started</th><th>Changed</th><th>Outcome</th><th>Steps</th><th>Loss</th><th>Test accuracy</th><th>Time</th></tr></thead>
        <tbody>
          {[...runs].reverse().map((run) => {
            const [start, end] = [startOf(run), endOf(run)];
            const loss = end?.metrics.train_loss ?? progressOf(run).at(-1)?.loss;
            return (
              <tr key={run.id}><td>{start ? new Date(start.at).toLocaleString() : run.id}</td><td>{run.change ?? '–'}</td><td>{end ? outcomes[end.outcome] : 'running'}</td><td>{latestProgress(run).step}</td><td>{loss?.toPrecision(3) ?? '–'}</td><td>{end?.metrics.test_accuracy === undefined ? '–' : `${(100 * end.metrics.test_accuracy).toFixed(1)} %`}</td><td>{end ? formatTime(end.time) : '–'}</td></tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Log({ run }: { readonly run: RunSummary }) {
  const lines = run.records.flatMap((record): readonly { readonly level: string; readonly text: string }[] => lineOf(record));
  return <pre className="run-log">{lines.map(({ level, text }, k) => <span key={k} className={level}>{text}{'\n'}</span>)}</pre>;
}

function lineOf(record: RunRecord): readonly { readonly level: string; readonly text: string }[] {
  switch (record.type) {
    case 'started': return [{ level: 'info', text: `${record.at}  ${record.command} ${record.file} on ${record.backend}, ${record.device}, seed ${record.seed}; about ${formatTime(record.estimate.seconds)}` }];
    case 'log': return [{ level: record.level, text: record.message }];
    case 'problem': return [{ level: 'error', text: `${record.node}: ${record.message} [${record.code}]` }];
    case 'finished': return [{ level: 'info', text: `${outcomes[record.outcome]} after ${record.steps} steps, ${formatTime(record.time)}${record.reason === undefined ? '' : `: ${record.reason}`}` }];
    default: return [];
  }
}
