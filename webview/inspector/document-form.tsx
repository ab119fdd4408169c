import type { Analysis } from '../../lib/analysis/analysis.js';
import { formatSource } from '../../lib/document/source.js';
import { useEditor, useEditorState } from '../store/editor.js';
import { formatBytes, formatCount, formatLarge, formatTensor } from '../shell/numbers.js';
import { addInput, copyPyTorch, disconnect, moveInput, moveOutput } from '../store/operations.js';
import { IconButton } from '../shell/toolbar.js';
import { Glyph, Icon } from '../shell/glyph.js';
import { To } from './connections.js';
import { OrderButtons } from './order-buttons.js';
import { ProblemsHere } from './problems-here.js';
import { ScopeParams } from './scope-params.js';
import { ShapeField } from './shape-field.js';

/** The document itself: its parameters, inputs, outputs, totals and skips. */
export function DocumentForm({ analysis }: { readonly analysis: Analysis }) {
  const editor = useEditor();
  const name = useEditorState((state) => state.name);
  const readOnly = useEditorState((state) => state.settings?.readOnly === true || state.unreadable !== undefined);
  const { program, totals, memory, skips } = analysis;
  const { root } = analysis.parsed.document;
  return (
    <>
      <header className="inspector-head">
        <span className="swatch" style={{ '--c': 'var(--nw-io)' } as React.CSSProperties} />
        <div className="names"><span className="name" style={{ cursor: 'default' }}>{name.replace(/\.nnet\.json$/, '') || 'untitled'}</span><div className="caps">Network</div></div>
      </header>
      <ProblemsHere analysis={analysis} path="" />
      <ScopeParams analysis={analysis} block={root} values={program.params} disabled={readOnly} title="Parameters" />
      <section className="section" aria-label="Inputs">
        <h3 className="caps">{root.inputs.size === 1 ? 'Input' : 'Inputs'}</h3>
        {[...root.inputs.values()].map((input, k) => (
          <div key={input.name}>
            <div className="fact link-row" style={{ gridTemplateColumns: '104px 1fr auto' }}>
              <span>name</span><To path={input.name} text={input.name} />
              {root.inputs.size > 1 && <OrderButtons what={`input ${input.name}`} at={k} count={root.inputs.size} disabled={readOnly} onMove={(by) => moveInput(editor, input.name, by)} />}
            </div>
            <ShapeField input={input} disabled={readOnly} />
          </div>
        ))}
        <button type="button" className="button secondary add" disabled={readOnly} onClick={() => addInput(editor)}><Icon name="add" />Add an input</button>
      </section>
      <section className="section" aria-label="Outputs">
        <h3 className="caps">{root.outputs.length === 1 ? 'Output' : 'Outputs'}</h3>
        {root.outputs.map((output, k) => (
          <div key={output.name ?? `${JSON.stringify(output.source)} ${root.outputs.slice(0, k).filter((other) => JSON.stringify(other.source) === JSON.stringify(output.source)).length}`} className="fact link-row" style={{ gridTemplateColumns: root.outputs.length > 1 ? '72px minmax(0, 1fr) auto auto auto' : '104px 1fr auto' }}>
            <span className="dim">{output.name ?? 'from'}</span>
            {typeof output.source === 'object' && output.source !== null ? <To path={output.source.name} text={formatSource(output.source)} /> : <span>{String(output.source)}</span>}
            <span className="share">{formatTensor(program.outputs[k]?.value.tensor.shape ?? null)}</span>
            {root.outputs.length > 1 && <OrderButtons what={`output ${output.name ?? k + 1}`} at={k} count={root.outputs.length} disabled={readOnly} onMove={(by) => moveOutput(editor, k, by)} />}
            {root.outputs.length > 1 && <IconButton icon="close" title={`Remove the output ${output.name ?? k + 1}`} disabled={readOnly} onClick={() => disconnect(editor, { scope: '', output: k })} />}
          </div>
        ))}
        {root.outputs.length === 0 && <p className="doc">None yet: select a layer and press “Make it an output”.</p>}
      </section>
      <section className="section" aria-label="Totals">
        <h3 className="caps">Totals</h3>
        {([['Parameters', formatCount(totals.params)], ['MACs', formatLarge(totals.macs)], ['in conv, linear', formatLarge(totals.macsConvLinear)], ['Activations', formatBytes(totals.activationBytes)], ['Peak, inference', formatBytes(memory.inference)], ['Peak, training', formatBytes(memory.training)], ['Layers', String(program.nodes.length)]] as const).map(([title, value]) => (
          <div key={title} className="fact"><span>{title}</span><span className="value">{value}</span><span /></div>
        ))}
      </section>
      <section className="section" aria-label="Code">
        <button type="button" className="button secondary" onClick={() => copyPyTorch(editor)}><Icon name="copy" />Copy as PyTorch</button>
      </section>
      {skips.length > 0 && (
        <section className="section" aria-label="Skips">
          <h3 className="caps"><span>Skips</span><small>{skips.length.toLocaleString('en-US')}</small></h3>
          {skips.slice(0, 12).map((skip, k) => (
            <div key={k} className="fact" style={{ gridTemplateColumns: '14px minmax(0,1fr) auto' }}>
              <Glyph merge={skip.merge} size={11} /><To path={skip.to} text={skip.to} /><span className="share">{skip.kind} · {skip.layers} {skip.layers === 1 ? 'layer' : 'layers'}</span>
            </div>
          ))}
          {skips.length > 12 && <p className="doc">and {(skips.length - 12).toLocaleString('en-US')} more</p>}
        </section>
      )}
    </>
  );
}
