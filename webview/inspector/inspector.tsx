import { useEditor, useEditorState } from '../store/editor.js';
import type { EditorState } from '../store/state.js';
import { parseWireKey } from '../canvas/marks.js';
import { subjectAt } from '../store/subject.js';
import { IconButton } from '../shell/toolbar.js';
import { skipItems } from '../palette/catalog.js';
import { Glyph, Icon } from '../shell/glyph.js';
import { copy, duplicate, remove, skipBetweenSelected, wrap } from '../store/operations.js';
import { To } from './connections.js';
import { DocumentForm } from './document-form.js';
import { InputForm } from './input-form.js';
import { UseForm } from './use-form.js';
import { WireForm } from './wire-form.js';

const selectionOf = (state: EditorState) => state.selection;
const analysisOf = (state: EditorState) => state.analysis;

/** What is selected, as a form; the document where nothing is. */
export function Inspector() {
  const analysis = useEditorState(analysisOf);
  const selection = useEditorState(selectionOf);
  if (!analysis) return null;
  const [path] = selection;
  const wire = selection.length === 1 && path !== undefined ? parseWireKey(path) : undefined;
  const subject = selection.length === 1 && path !== undefined && !wire ? subjectAt(analysis, path) : undefined;
  return (
    <aside className="inspector" aria-label="Inspector">
      {selection.length > 1 ? <Several paths={selection} /> : wire ? <WireForm analysis={analysis} wire={wire} /> : subject?.kind === 'use' ? <UseForm key={subject.place.join('/')} analysis={analysis} subject={subject} /> : subject?.kind === 'input' ? <InputForm key={subject.path} analysis={analysis} subject={subject} /> : <DocumentForm analysis={analysis} />}
    </aside>
  );
}

const shortly = { add: 'Add', concat: 'Concatenate', gate: 'Gate' } as const;

function Several({ paths }: { readonly paths: readonly string[] }) {
  const editor = useEditor();
  const readOnly = useEditorState((state) => state.settings?.readOnly === true || state.unreadable !== undefined);
  const nodes = paths.filter((path) => parseWireKey(path) === undefined);
  return (
    <>
      <header className="inspector-head">
        <span className="swatch" style={{ '--c': 'var(--nw-blockfam)' } as React.CSSProperties} />
        <div className="names"><span className="name" style={{ cursor: 'default' }}>{paths.length} selected</span><div className="caps">{nodes.length === paths.length ? 'Layers' : nodes.length === 0 ? 'Wires' : 'Layers and wires'}</div></div>
        <IconButton icon="close" title="Select nothing" onClick={() => editor.select([])} />
      </header>
      <section className="section" aria-label="What is selected">
        {paths.map((path) => {
          const wire = parseWireKey(path);
          return <div key={path} className="fact link-row"><span className="dim">{wire ? 'wire' : 'layer'}</span><To path={wire ? ('to' in wire ? wire.to : wire.scope) : path} text={wire ? ('to' in wire ? `into ${wire.to}` : 'to the output') : path} /><span /></div>;
        })}
      </section>
      {paths.length === 2 && (
        <section className="section" aria-label="Skip between them">
          <h3 className="caps">Skip between them</h3>
          <div className="several">
            {skipItems.map(({ merge, key, doc }) => <button key={merge} type="button" className="button secondary" disabled={readOnly} title={`${doc} (${key})`} onClick={() => skipBetweenSelected(editor, merge)}><Glyph merge={merge} size={11} />{shortly[merge]}</button>)}
          </div>
        </section>
      )}
      {nodes.length > 0 && (
        <section className="section" aria-label="Actions">
          <div className="several">
            <button type="button" className="button secondary" title="Ctrl+C" onClick={() => copy(editor, nodes, false)}><Icon name="copy" />Copy</button>
            <button type="button" className="button secondary" disabled={readOnly} title="Ctrl+D" onClick={() => duplicate(editor, nodes)}>Duplicate</button>
            <button type="button" className="button secondary" disabled={readOnly} onClick={() => wrap(editor, nodes)}><Icon name="layers" />Make a block</button>
            <button type="button" className="button secondary" disabled={readOnly} title="Del" onClick={() => remove(editor, nodes)}><Icon name="trash" />Delete</button>
          </div>
        </section>
      )}
    </>
  );
}
