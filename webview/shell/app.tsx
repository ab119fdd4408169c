import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Canvas } from '../canvas/Canvas.js';
import type { CanvasHandlers, ProblemPlace } from '../canvas/contract.js';
import { EmptyState } from '../empty/empty-state.js';
import { Inspector } from '../inspector/inspector.js';
import { Palette } from '../palette/palette.js';
import { QuickAdd } from '../palette/quick-add.js';
import { Callout } from '../problems/callout.js';
import { calloutWidth } from '../problems/placing.js';
import { RunPanel } from '../run/run-panel.js';
import { useEditor, useEditorState } from '../store/editor.js';
import { isEmpty, openProblem } from '../store/state.js';
import { canvasHandlers } from './canvas-handlers.js';
import { installKeys } from './keys.js';
import { Menu } from './menu.js';
import { Notices, Toasts } from './notices.js';
import { Status } from './status.js';
import { Toolbar } from './toolbar.js';
import { useWidth } from './width.js';

/** Below this width the palette is a rail; below the second the inspector floats over the canvas; below the third the callout takes the inspector's place. */
const RAIL = 800;
const FLOATS = 1100;
const ROOMY = 1900;
const INSPECTOR = 308;

export function App() {
  const editor = useEditor();
  const width = useWidth();
  const empty = useEditorState(isEmpty);
  const calloutOpen = useEditorState((state) => openProblem(state) !== undefined);
  const inspector = useEditorState((state) => state.inspector);
  const selected = useEditorState((state) => state.selection.length > 0);
  const announcement = useEditorState((state) => state.announcement);
  const stage = useRef<HTMLElement>(null);
  const [place, setPlace] = useState<ProblemPlace | undefined>();
  useEffect(() => installKeys(editor), [editor]);

  const floats = width < FLOATS;
  const inspectorShown = !empty && (floats ? selected && inspector && !calloutOpen : !calloutOpen || width >= ROOMY);
  const stageWidth = width - (width < RAIL ? 44 : 212) - (inspectorShown && !floats ? INSPECTOR : 0);
  // What is selected must not lie under the form that has just come over it.
  const first = useEditorState((state) => state.selection[0]);
  useEffect(() => {
    if (floats && inspectorShown && first !== undefined) requestAnimationFrame(() => editor.canvas.current?.reveal(first));
  }, [editor, floats, inspectorShown, first]);
  const covered = (calloutOpen ? calloutWidth(stageWidth) + 24 : 0) + (floats && inspectorShown ? INSPECTOR : 0);
  return (
    <div className="app">
      <Toolbar />
      <Notices />
      <Palette rail={width < RAIL} />
      <main className="stage" ref={stage}>
        {empty ? <EmptyState /> : <Stage covered={covered} onPlace={setPlace} />}
        <Callout place={place} stage={stage} />
        {floats && inspectorShown && <Inspector />}
      </main>
      {!floats && inspectorShown && <Inspector />}
      <Toasts />
      <RunPanel />
      <Status />
      <QuickAdd />
      <Menu />
      <div className="hidden" role="status" aria-live="polite">{announcement}</div>
    </div>
  );
}

/** The canvas, with what it shows from the store and what it says to it. */
function Stage({ covered, onPlace }: { readonly covered: number; onPlace(place: ProblemPlace | undefined): void }) {
  const editor = useEditor();
  const analysis = useEditorState((state) => state.analysis);
  const view = useEditorState((state) => state.view);
  const direction = useEditorState((state) => state.direction);
  const overlay = useEditorState((state) => state.overlay);
  const selection = useEditorState((state) => state.selection);
  const lastGood = useEditorState((state) => state.unreadable !== undefined);
  const readOnly = useEditorState((state) => state.settings?.readOnly === true);
  const problem = useEditorState(openProblem);
  const fix = useEditorState((state) => state.problem?.fix);
  const setHandle = useCallback((handle: typeof editor.canvas.current) => { editor.canvas.current = handle; }, [editor]);
  const on = useMemo<CanvasHandlers>(() => ({ ...canvasHandlers(editor), onProblemPlace: onPlace }), [editor, onPlace]);
  if (!analysis) return null;
  return (
    <Canvas ref={setHandle} analysis={analysis} view={view} direction={direction} selection={selection} overlay={overlay} focusedProblem={problem} focusedFix={fix === undefined ? undefined : problem?.fixes[fix]} lastGood={lastGood} readOnly={readOnly} coveredRight={covered} workerUrl={editor.host.workerUrl} on={on} />
  );
}
