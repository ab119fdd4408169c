import '@vscode/codicons/dist/codicon.css';
import '../../../webview/styles/tokens.css';
import '../../../webview/styles/themes.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { analyze } from '../../../lib/analysis/index.js';
import { applyReplacements, parse, patch } from '../../../lib/document/index.js';
import { emptyView, toggled, withRepetition, type Direction, type ViewState } from '../../../lib/layout/index.js';
import { Canvas } from '../../../webview/canvas/Canvas.js';
import { drag, type CanvasHandle, type CanvasHandlers, type CanvasProps } from '../../../webview/canvas/contract.js';

/** What a test can ask of the page: `window.show(...)` sets it, `window.said` holds what the canvas said. */
interface Asked {
  readonly text: string;
  readonly open?: readonly string[];
  readonly direction?: Direction;
  readonly selection?: readonly string[];
  readonly problem?: number;
  readonly fix?: number;
  readonly theme?: string;
  readonly overlay?: CanvasProps['overlay'];
  readonly coveredRight?: number;
  readonly lastGood?: boolean;
  readonly zoom?: number;
}
declare global {
  interface Window {
    show(asked: Asked): void;
    said: [string, ...unknown[]][];
    canvas: CanvasHandle | null;
    drag: typeof drag;
  }
}

function Page() {
  const [asked, setAsked] = useState<Asked | undefined>();
  const [view, setView] = useState<ViewState>(emptyView);
  const [selection, setSelection] = useState<readonly string[]>([]);
  const [text, setText] = useState('');
  const handle = useRef<CanvasHandle>(null);
  useEffect(() => {
    window.said = [];
    window.drag = drag;
    window.show = (next) => {
      if (next.theme !== undefined) document.body.className = next.theme;
      setAsked(next);
      setText(next.text);
      setSelection(next.selection ?? []);
      setView({ ...emptyView, expanded: new Set(next.open ?? []) });
    };
  }, []);
  useEffect(() => {
    window.canvas = handle.current;
  });
  const analysis = useMemo(() => (text === '' ? undefined : analyze(text)), [text]);
  const on = useMemo((): CanvasHandlers => {
    const say = (name: string) => (...rest: unknown[]) => void window.said.push([name, ...rest]);
    return {
      onSelect: (paths, mode) => {
        say('onSelect')(paths, mode);
        setSelection((before) => (mode === 'replace' ? paths : mode === 'add' ? [...new Set([...before, ...paths])] : before.includes(paths[0]!) ? before.filter((path) => path !== paths[0]) : [...before, ...paths]));
      },
      onAction: (edits, label) => {
        say('onAction')(edits, label);
        setText((before) => {
          const parsed = parse(before);
          const replacements = patch(parsed, edits);
          return 'refused' in replacements ? before : applyReplacements(before, replacements);
        });
      },
      onOpenBlock: (path) => { say('onOpenBlock')(path); setView((before) => toggled(before, path)); },
      onRepetition: (path, k) => { say('onRepetition')(path, k); setView((before) => withRepetition(before, path, k)); },
      onDropOperator: say('onDropOperator'), onDrawSkip: say('onDrawSkip'), onToggleSkip: say('onToggleSkip'), onJoin: say('onJoin'), onFrozen: say('onFrozen'), onQuickAdd: say('onQuickAdd'), onFocusProblem: say('onFocusProblem'), onNextProblem: say('onNextProblem'),
      onInspect: say('onInspect'), onDelete: say('onDelete'), onCopy: say('onCopy'), onPaste: say('onPaste'), onDuplicate: say('onDuplicate'), onContext: say('onContext'), onProblemPlace: say('onProblemPlace'),
    };
  }, []);
  if (asked === undefined || analysis === undefined) return null;
  const problem = asked.problem === undefined ? undefined : analysis.problems[asked.problem];
  return (
    <Canvas
      ref={handle} analysis={analysis} view={view} direction={asked.direction ?? 'down'} selection={selection} overlay={asked.overlay ?? 'shapes'} focusedProblem={problem} focusedFix={asked.fix === undefined ? undefined : problem?.fixes[asked.fix]}
      coveredRight={asked.coveredRight ?? 0} lastGood={asked.lastGood ?? false} workerUrl="layout-worker.js" on={on}
    />
  );
}

createRoot(document.getElementById('root')!).render(<Page />);
