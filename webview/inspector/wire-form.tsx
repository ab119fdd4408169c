import { formatSource } from '../../lib/document/source.js';
import { operatorIn } from '../../lib/program/index.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import type { WireRef } from '../canvas/contract.js';
import { Glyph, Icon, mergeColours } from '../shell/glyph.js';
import { formatTensor } from '../shell/numbers.js';
import { IconButton } from '../shell/toolbar.js';
import { disconnect, toggleSkip } from '../store/operations.js';
import { useEditor, useEditorState } from '../store/editor.js';
import { arrivalOf } from '../store/lane.js';
import { subjectAt } from '../store/subject.js';
import { To } from './connections.js';

/** A selected wire: what flows in it, and what can be done with it. */
export function WireForm({ analysis, wire }: { readonly analysis: Analysis; readonly wire: WireRef }) {
  const editor = useEditor();
  const readOnly = useEditorState((state) => state.settings?.readOnly === true || state.unreadable !== undefined);
  const reader = 'to' in wire ? subjectAt(analysis, wire.to) : undefined;
  const use = reader?.kind === 'use' ? reader.use : undefined;
  const source = 'to' in wire ? use?.node.in[wire.input] : analysis.parsed.document.root.outputs[wire.output]?.source;
  const shape = 'to' in wire ? use?.inputs[wire.input]?.tensor.shape : analysis.program.outputs[wire.output]?.value.tensor.shape;
  const arrival = 'to' in wire ? arrivalOf(analysis, wire.to, wire.input) : undefined;
  const { skip, off = false } = arrival ?? {};
  const end = arrival && subjectAt(analysis, arrival.to);
  const merge = end?.kind === 'use' ? operatorIn(analysis.parsed.document, end.use.node.op)?.merge : undefined;
  const scope = 'to' in wire ? wire.to.split('.').slice(0, -1).join('.') : wire.scope;
  const named = typeof source === 'object' && source !== null ? source : undefined;
  const path = named && (scope === '' ? named.name : `${scope}.${named.name}`);
  return (
    <>
      <header className="inspector-head">
        <span className="swatch" style={{ '--c': merge === undefined ? 'var(--nw-res-2)' : mergeColours[merge] } as React.CSSProperties} />
        <div className="names"><span className="name" style={{ cursor: 'default' }}>{formatTensor(shape ?? null)}</span><div className="caps">{skip ? `${skip.kind} skip · ${skip.layers} ${skip.layers === 1 ? 'layer' : 'layers'}` : off ? 'Wire, cut off' : 'Wire'}</div></div>
        <IconButton icon="close" title="Select nothing" onClick={() => editor.select([])} />
      </header>
      <section className="section" aria-label="Wire">
        <h3 className="caps">From and to</h3>
        <div className="fact link-row"><span className="dim">from</span>{named && path !== undefined ? <To path={subjectAt(analysis, path) ? path : scope} text={formatSource(named)} /> : <span className="mono">{String(source ?? 'nothing')}</span>}<span /></div>
        <div className="fact link-row"><span className="dim">to</span>{'to' in wire ? <To path={wire.to} text={wire.to} /> : <span className="mono dim">output</span>}<span className="share">{'to' in wire && use && use.node.in.length > 1 ? `input ${wire.input + 1} of ${use.node.in.length}` : ''}</span></div>
      </section>
      <section className="section">
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}>
          {'to' in wire && merge !== undefined && <button type="button" className="button secondary" disabled={readOnly} title="X" onClick={() => toggleSkip(editor, wire.to, wire.input)}><Glyph merge={merge} size={11} />{off ? 'Let it through' : 'Cut it off'}</button>}
          <button type="button" className="button secondary" disabled={readOnly} title="/" onClick={(event) => editor.store.set({ quickAdd: { at: { x: event.clientX - 300, y: event.clientY }, target: { kind: 'wire', wire } } })}><Icon name="add" />Put a layer on it</button>
          <button type="button" className="button secondary" disabled={readOnly} onClick={() => disconnect(editor, wire)}><Icon name="trash" />Remove</button>
        </div>
      </section>
    </>
  );
}
