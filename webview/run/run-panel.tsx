import { useMemo } from 'react';
import { runHindrance, startRun } from '../shell/toolbar.js';
import { useEditor, useEditorState } from '../store/editor.js';
import { isRunning } from './curves.js';
import { RecipeForm } from '../recipe/recipe-form.js';
import { RunView } from './run-view.js';

/** The run view, docked below the canvas. */
export function RunPanel() {
  const editor = useEditor();
  const open = useEditorState((state) => state.runPanel);
  const runs = useEditorState((state) => state.runs);
  const tab = useEditorState((state) => state.runTab);
  const analysis = useEditorState((state) => state.analysis);
  const hindrance = useEditorState(runHindrance);
  const order = useMemo(() => (analysis?.program.nodes ?? []).map(({ path }) => path), [analysis]);
  const last = runs.at(-1);
  if (!open || !analysis) return null;
  return (
    <section className="run" aria-label="Run panel">
      <RunView runs={runs} order={order} theme={document.body.className} tab={tab} onTab={(runTab) => editor.store.set({ runTab })} recipe={<RecipeForm analysis={analysis} />} onStop={() => editor.command('stop')} onAgain={hindrance === undefined && last && !isRunning(last) ? () => startRun(editor) : undefined} onResume={(id) => editor.command('resume', id)} onShow={(path) => editor.show(path.replace(/\.\d+$/, ''))} onClose={() => editor.store.set({ runPanel: false })} />
    </section>
  );
}
