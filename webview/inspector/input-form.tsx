import type { Analysis } from '../../lib/analysis/analysis.js';
import { ProblemsHere } from './problems-here.js';
import { NameField } from './name-field.js';
import { IconButton } from '../shell/toolbar.js';
import { ShapeField } from './shape-field.js';
import { To } from './connections.js';
import { rename } from '../store/operations.js';
import { useEditor, useEditorState } from '../store/editor.js';
import type { Subject } from '../store/subject.js';
import { formatTensor } from '../shell/numbers.js';

/** The form of an input of the document: its name, shape and type. */
export function InputForm({ analysis, subject }: { readonly analysis: Analysis; readonly subject: Extract<Subject, { kind: 'input' }> }) {
  const editor = useEditor();
  const readOnly = useEditorState((state) => state.settings?.readOnly === true || state.unreadable !== undefined);
  const { root } = analysis.program;
  const { input } = subject;
  const readers = [...root.uses.values()].filter((use) => use.node.in.some((source) => typeof source === 'object' && source?.name === input.name));
  const tensor = analysis.program.inputs.find((other) => other.name === input.name)?.tensor;
  return (
    <>
      <header className="inspector-head">
        <span className="swatch" style={{ '--c': 'var(--nw-io)' } as React.CSSProperties} />
        <div className="names">
          <NameField name={input.name} disabled={readOnly} taken={(name) => name !== input.name && (root.uses.has(name) || root.block.inputs.has(name))} onRename={(to) => rename(editor, input.name, to)} />
          <div className="caps">Input · {tensor ? formatTensor(tensor.shape) : ''}</div>
        </div>
        <IconButton icon="ellipsis" title="Actions" onClick={() => editor.store.set({ menu: { paths: [input.name], at: { x: innerWidth - 236, y: 64 }, target: { kind: 'node', path: input.name } } })} />
        <span className="floating-only"><IconButton icon="close" title="Close" onClick={() => editor.select([])} /></span>
      </header>
      <ProblemsHere analysis={analysis} path={input.name} />
      <section className="section" aria-label="Input">
        <h3 className="caps">Shape</h3>
        <ShapeField input={input} disabled={readOnly} />
      </section>
      <section className="section" aria-label="Connections">
        <h3 className="caps">Connections</h3>
        {readers.map((use, k) => <div key={use.name} className="fact link-row"><span className="dim">{k === 0 ? 'to' : ''}</span><To path={use.name} text={use.name} /><span className="share">{use.node.op}</span></div>)}
        {readers.length === 0 && <p className="doc">Nobody reads it yet.</p>}
      </section>
    </>
  );
}
