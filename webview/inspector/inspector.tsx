import { useEditor, useEditorState } from '../store/editor.js';
import type { EditorState } from '../store/state.js';
import { parseWireKey } from '../canvas/marks.js';
import { subjectAt } from '../store/subject.js';
import { IconButton } from '../shell/toolbar.js';
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

function Several({ paths }: { readonly paths: readonly string[] }) {
  const editor = useEditor();
  return (
    <>
      <header className="inspector-head">
        <span className="swatch" style={{ '--c': 'var(--nw-blockfam)' } as React.CSSProperties} />
        <div className="names"><span className="name">{paths.length} selected</span><div className="caps">{paths.length === 2 ? 'A C G draw a skip between them' : 'Delete, copy or duplicate them together'}</div></div>
        <IconButton icon="close" title="Select nothing" onClick={() => editor.select([])} />
      </header>
      <section className="section">
        {paths.map((path) => (
          <div key={path} className="fact link-row"><span className="dim">layer</span><a className="link" role="button" tabIndex={0} onClick={() => editor.show(path)} onKeyDown={(event) => event.key === 'Enter' && editor.show(path)}>{path}</a></div>
        ))}
      </section>
    </>
  );
}
