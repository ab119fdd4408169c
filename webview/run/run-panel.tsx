import { useMemo } from 'react';
import { runHindrance, startRun } from '../shell/toolbar.js';
import { useEditor, useEditorState } from '../store/editor.js';
import { isRunning } from './curves.js';
import { RunView } from './run-view.js';

/** The run view, docked below the canvas. */
export function RunPanel() {
  const editor = useEditor();
  const open = useEditorState((state) => state.runPanel);
  const runs = useEditorState((state) => state.runs);
  const nodes = useEditorState((state) => state.analysis?.program.nodes);
  const hindrance = useEditorState(runHindrance);
  const order = useMemo(() => (nodes ?? []).map(({ path }) => path), [nodes]);
  const last = runs.at(-1);
  if (!open || !last) return null;
  return (
    <section className="run" aria-label="Run panel">
      <RunView runs={runs} order={order} theme={document.body.className} onStop={() => editor.command('stop')} onAgain={hindrance === undefined && !isRunning(last) ? () => startRun(editor) : undefined} onResume={(id) => editor.command('resume', id)} onShow={(path) => editor.show(path.replace(/\.\d+$/, ''))} onClose={() => editor.store.set({ runPanel: false })} />
    </section>
  );
}
