import { useEffect } from 'react';
import { useEditor, useEditorState } from '../store/editor.js';
import { Icon } from './glyph.js';
import { Marked } from './marked.js';
import type { Notice } from '../store/state.js';
import { IconButton } from './toolbar.js';

/** Bars below the toolbar: the text cannot be read, the editor stands in a diff, what the host has to say. */
export function Notices() {
  const editor = useEditor();
  const unreadable = useEditorState((state) => state.unreadable);
  const diff = useEditorState((state) => state.settings?.diff === true);
  const host = useEditorState((state) => state.settings?.host);
  const readOnly = useEditorState((state) => state.settings?.readOnly === true);
  const analysis = useEditorState((state) => state.analysis !== undefined);
  return (
    <div className="notices">
      {diff && (
        <div className="notice info" role="status">
          <Icon name="diff" />
          <span className="text">This is a diff. It is easier to read as text.</span>
          <button type="button" className="button" onClick={() => editor.command('openTextDiff')}>Open as text diff</button>
        </div>
      )}
      {unreadable !== undefined && (
        <div className="notice error" role="alert">
          <Icon name="error" />
          <span className="text"><Marked text={unreadable} /> {analysis && <span className="dim">The picture is that of the last text that could be read.</span>}</span>
          {host === 'vscode' && <button type="button" className="button secondary" onClick={() => editor.command('openAsText')}>Open as text</button>}
        </div>
      )}
      {readOnly && !diff && (
        <div className="notice info" role="status"><Icon name="lock" /><span className="text">This file is read-only.</span></div>
      )}
    </div>
  );
}

/** Milliseconds after which what asks for nothing goes by itself. */
const PASSES = 9000;

/** What has just happened, over the lower edge of the canvas: nothing under the pointer moves because of it. */
export function Toasts() {
  const notices = useEditorState((state) => state.notices);
  return <div className="toasts">{notices.map((notice) => <Toast key={notice.id} notice={notice} />)}</div>;
}

function Toast({ notice: { id, level, message, actions } }: { readonly notice: Notice }) {
  const editor = useEditor();
  // What offers something waits longer; a warning that does waits until it is answered.
  const passes = actions.length === 0 ? level !== 'error' : level === 'info';
  const time = actions.length === 0 ? PASSES : PASSES * 2;
  useEffect(() => {
    if (!passes) return;
    const end = setTimeout(() => editor.dismiss(id), time);
    return () => clearTimeout(end);
  }, [editor, id, passes, time]);
  return (
    <div className={`notice ${level}`} role={level === 'error' ? 'alert' : 'status'}>
      <Icon name={level} />
      <span className="text"><Marked text={message} /></span>
      {actions.map(({ title, run }, k) => (
        <button key={title} type="button" className={`button ${k === 0 ? '' : 'secondary'}`} onClick={() => (run(), editor.dismiss(id))}>{title}</button>
      ))}
      <IconButton icon="close" title="Dismiss" onClick={() => editor.dismiss(id)} />
    </div>
  );
}
