import { useState } from 'react';
import type { ForkMeasure, MeasuresRecord, RunSummary } from '../../lib/protocol/records.js';
import { Icon } from '../shell/glyph.js';
import { forkSides, layerRows, looksOf, shortNumber, type Side } from './looks.js';

/** What a run showed inside the network at one of the steps that were looked at: its forks, then its layers. */
export function Inside({ run, onShow }: { readonly run: RunSummary; onShow?(path: string): void }) {
  const looks = looksOf(run);
  const [chosen, choose] = useState<number | undefined>();
  const look = looks.find(({ step }) => step === chosen) ?? looks.at(-1);
  if (!look) return <p className="run-log dim">This run was not looked into. A run looks at its activations, wires and parameters every 50 steps unless its recipe (measure_every) or --every says otherwise.</p>;
  return (
    <div className="run-inside">
      <div className="inside-step">
        <span id="inside-step">Step</span>
        <span className="select"><select className="input" aria-labelledby="inside-step" value={look.step} onChange={({ target }) => choose(Number(target.value))}>{looks.map(({ step }) => <option key={step} value={step}>{step}</option>)}</select><Icon name="chevron-down" /></span>
        <span className="dim">Norms are of the gradient of the mean loss over this step's batch.</span>
      </div>
      <div className="inside-tables"><Forks look={look} onShow={onShow} /><Layers look={look} onShow={onShow} /></div>
    </div>
  );
}

interface PartProps {
  readonly look: MeasuresRecord;
  readonly onShow: ((path: string) => void) | undefined;
}

function Forks({ look, onShow }: PartProps) {
  if (look.forks.length === 0) return null;
  return (
    <section>
      <h3 className="caps">Where skips leave: gradient that comes back</h3>
      <table>
        <thead><tr><th scope="col">Fork</th><th scope="col">Merges at</th><th scope="col">By the skip</th><th scope="col">By the branch</th><th scope="col" className="num" title="The norm of their sum; vectors add, so it is no sum of the two norms.">Together</th></tr></thead>
        <tbody>{look.forks.map((fork) => <Fork key={`${fork.at} ${fork.to}`} fork={fork} onShow={onShow} />)}</tbody>
      </table>
    </section>
  );
}

function Fork({ fork, onShow }: { readonly fork: ForkMeasure; readonly onShow: PartProps['onShow'] }) {
  const { skip, branch } = forkSides(fork);
  return <tr><th scope="row"><Name path={fork.at} onShow={onShow} /></th><td><Name path={fork.to} onShow={onShow} /></td><Bar side={skip} kind="skip" /><Bar side={branch} kind="branch" /><td className="num">{shortNumber(fork.both)}</td></tr>;
}

const Bar = ({ side, kind }: { readonly side: Side; readonly kind: 'skip' | 'branch' }) => (
  <td title={side.readers.join(', ')}><span className={`fork-bar ${kind}`}><i style={{ width: `${Math.max(side.norm ? 2 : 0, 100 * side.share)}%` }} /><b>{shortNumber(side.norm)}</b></span></td>
);

function Layers({ look, onShow }: PartProps) {
  return (
    <section>
      <h3 className="caps">Layers</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">Output of</th><th scope="col" className="num">Mean</th><th scope="col" className="num" title="Standard deviation over all values">Spread</th><th scope="col" className="num" title="Outputs of a ReLU that are zero for every sample of the batch">Dead</th>
            <th scope="col" className="num" title="Norm of the gradient that comes back to this output">Gradient back</th><th scope="col" className="num" title="Norm of the gradient of the layer's own weights">Gradient of weights</th><th scope="col" className="num" title="The largest change of one of its tensors in this step, divided by its norm">Update / weight</th>
          </tr>
        </thead>
        <tbody>
          {layerRows(look).map(({ name, mean, spread, dead, back, gradient, update }) => (
            <tr key={name}>
              <th scope="row"><Name path={name} onShow={onShow} /></th>
              <Value value={mean} /><Value value={spread} /><td className={`num${dead !== undefined && dead >= 0.5 ? ' much' : ''}`}>{dead === undefined ? '' : `${(100 * dead).toFixed(dead > 0 && dead < 0.1 ? 1 : 0)} %`}</td>
              <Value value={back} /><Value value={gradient} /><Value value={update} none="from 0" />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const Value = ({ value, none }: { readonly value: number | null | undefined; readonly none?: string }) => <td className={`num${value === null && none === undefined ? ' much' : ''}`}>{value === null && none !== undefined ? none : shortNumber(value)}</td>;

const Name = ({ path, onShow }: { readonly path: string; readonly onShow: PartProps['onShow'] }) => (onShow ? <button type="button" className="link" onClick={() => onShow(path)}>{path}</button> : <>{path}</>);
