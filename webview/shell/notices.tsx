import { useEditor, useEditorState } from '../store/editor.js';
import { Icon } from './glyph.js';
import { IconButton } from './toolbar.js';

/** Bars below the toolbar: the text cannot be read, the editor stands in a diff, what the host has to say. */
export function Notices() {
  const editor = useEditor();
  const unreadable = useEditorState((state) => state.unreadable);
  const diff = useEditorState((state) => state.settings?.diff === true);
  const host = useEditorState((state) => state.settings?.host);
  const readOnly = useEditorState((state) => state.settings?.readOnly === true);
  const analysis = useEditorState((state) => state.analysis !== undefined);
  const notices = useEditorState((state) => state.notices);
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
          <span className="text">{unreadable} {analysis && <span className="dim">The picture is that of the last text that could be read.</span>}</span>
          {host === 'vscode' && <button type="button" className="button secondary" onClick={() => editor.command('openAsText')}>Open as text</button>}
        </div>
      )}
      {readOnly && !diff && (
        <div className="notice info" role="status"><Icon name="lock" /><span className="text">This file is read-only.</span></div>
      )}
      {notices.map(({ id, level, message, actions }) => (
        <div key={id} className={`notice ${level}`} role={level === 'error' ? 'alert' : 'status'}>
          <Icon name={level} />
          <span className="text">{message}</span>
          {actions.map(({ title, run }, k) => (
            <button key={title} type="button" className={`button ${k === 0 ? '' : 'secondary'}`} onClick={() => (run(), editor.dismiss(id))}>{title}</button>
          ))}
          <IconButton icon="close" title="Dismiss" onClick={() => editor.dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
