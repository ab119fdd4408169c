import { Fragment, useMemo, type ReactNode } from 'react';
import type { Direction } from '../../lib/layout/view.js';
import type { Overlay } from '../canvas/contract.js';
import { recipeName } from '../recipe/fields.js';
import { runChoice } from '../run/choice.js';
import { isRunning, latestProgress } from '../run/curves.js';
import { useEditor, useEditorState, type Editor } from '../store/editor.js';
import { isEmpty, type EditorState } from '../store/state.js';
import { Icon } from './glyph.js';

/** Path, undo, direction, overlay, zoom, and the one primary button. */
export function Toolbar() {
  const editor = useEditor();
  const direction = useEditorState((state) => state.direction);
  const overlay = useEditorState((state) => state.overlay);
  const zoom = useEditorState((state) => state.zoom);
  const browser = useEditorState((state) => state.settings?.host === 'browser');
  const dirty = useEditorState((state) => state.dirty);
  const name = useEditorState((state) => state.name);
  const first = useEditorState((state) => state.selection.find((path) => !path.startsWith('wire:')));
  const undo = (
    <IconButton icon="discard" title="Undo (Ctrl+Z)" onClick={() => editor.command('undo')} />
  );
  return (
    <div className="toolbar" role="toolbar" aria-label="Editor">
      <Breadcrumb name={name} path={first} />
      {undo}
      {browser && <IconButton icon="redo" title="Redo (Ctrl+Y)" onClick={() => editor.command('redo')} />}
      {browser && <IconButton icon="save" title={dirty ? 'Save (Ctrl+S): unsaved changes' : 'Save (Ctrl+S)'} disabled={!dirty} onClick={() => editor.command('save')} />}
      <span className="rule" />
      <Directions value={direction} onChange={editor.setDirection} />
      <span className="rule optional" />
      <span className="label optional" id="overlay-label">Overlay</span>
      <Overlays value={overlay} onChange={editor.setOverlay} />
      <span className="spacer" />
      <IconButton icon="zoom-out" title="Zoom out" onClick={() => editor.canvas.current?.zoomOut()} />
      <button type="button" className="zoom-value optional" title="Zoom to 100 %" onClick={() => editor.canvas.current?.zoomTo(1)}>
        {Math.round(zoom * 100)} %
      </button>
      <IconButton icon="zoom-in" title="Zoom in" onClick={() => editor.canvas.current?.zoomIn()} />
      <IconButton icon="screen-full" title="Show the whole network" onClick={() => editor.canvas.current?.fit()} />
      <span className="rule" />
      <RecipeButton />
      <RunButton />
    </div>
  );
}

function Breadcrumb({ name, path }: { readonly name: string; readonly path: string | undefined }) {
  const editor = useEditor();
  const title = name.replace(/\.nnet\.json$/, '') || 'untitled';
  const parts = path?.split('.') ?? [];
  return (
    <nav className="breadcrumb" aria-label="Path of the selection">
      <button type="button" title={name} aria-current={parts.length === 0 ? 'location' : undefined} onClick={() => editor.select([])}>{title}</button>
      {parts.map((part, k) => (
        <Fragment key={k}>
          <Icon name="chevron-right" />
          <button type="button" title={parts.slice(0, k + 1).join('.')} aria-current={k === parts.length - 1 ? 'location' : undefined} onClick={() => editor.show(parts.slice(0, k + 1).join('.'))}>{part}</button>
        </Fragment>
      ))}
    </nav>
  );
}

function Directions({ value, onChange }: { readonly value: Direction; onChange(direction: Direction): void }) {
  const button = (direction: Direction, icon: string, title: string): ReactNode => (
    <IconButton icon={icon} title={title} pressed={value === direction} onClick={() => onChange(direction)} />
  );
  return <>{button('down', 'arrow-down', 'Lay out from top to bottom')}{button('right', 'arrow-right', 'Lay out from left to right')}</>;
}

function Overlays({ value, onChange }: { readonly value: Overlay; onChange(overlay: Overlay): void }) {
  const choices: readonly (readonly [Overlay, string])[] = [['none', 'None'], ['shapes', 'Shapes']];
  return (
    <div className="segments optional" role="radiogroup" aria-labelledby="overlay-label">
      {choices.map(([overlay, title]) => (
        <button key={overlay} type="button" role="radio" aria-checked={value === overlay} onClick={() => onChange(overlay)}>{title}</button>
      ))}
    </div>
  );
}

/** Shows what Run would do, before anything runs; once more, and it goes. */
function RecipeButton() {
  const editor = useEditor();
  const shown = useEditorState((state) => state.runPanel && state.runTab === 'recipe');
  const empty = useEditorState(isEmpty);
  return <IconButton icon="settings" title="Recipe: how the network is trained" pressed={shown} disabled={empty} onClick={() => editor.store.set(shown ? { runPanel: false } : { runPanel: true, runTab: 'recipe' })} />;
}

/** Why a run cannot start; undefined where it can. */
export function runHindrance({ settings, analysis, unreadable, version, recipe }: EditorState): string | undefined {
  if (version === 0 || !analysis) return 'Nothing is open yet.';
  if (settings?.trusted === false) return 'Running is off in an untrusted workspace.';
  if (unreadable !== undefined) return 'The text cannot be read.';
  if (analysis.program.nodes.length === 0) return 'The network has no layers yet.';
  const name = recipeName(analysis, recipe);
  // What is wrong with a recipe keeps none but that one from running.
  const errors = analysis.problems.filter(({ severity, place: { path } }) => severity === 'error' && (path[0] !== 'training' || path.length < 2 || path[1] === name)).length;
  return errors > 0 ? `${errors} ${errors === 1 ? 'problem stands' : 'problems stand'} in the way (F8 shows ${errors === 1 ? 'it' : 'the first'}).` : undefined;
}

/** Starts the run of the present design, or tells why it cannot run and offers what would help. */
export function startRun(editor: Editor): void {
  const state = editor.store.get();
  const hindrance = runHindrance(state);
  const choice = hindrance === undefined && state.analysis ? runChoice(state.analysis, chosenRecipe(state)) : undefined;
  if (!choice || 'label' in choice) return hindrance === undefined ? editor.command('train', chosenRecipe(state)) : editor.notify('warning', hindrance);
  const { obstacle, fix } = choice;
  editor.notify('warning', `This network cannot be trained as it is. ${obstacle}`, fix ? [{ title: fix.label, run: () => editor.perform(fix.edits, fix.label, fix.select) }] : []);
}

/** The recipe to ask for; undefined where the usual one is meant. */
function chosenRecipe({ analysis, recipe }: EditorState): string | undefined {
  return recipe !== undefined && analysis && recipeName(analysis, recipe) === recipe ? recipe : undefined;
}

function RunButton() {
  const editor = useEditor();
  const hindrance = useEditorState(runHindrance);
  const analysis = useEditorState((state) => state.analysis);
  const runs = useEditorState((state) => state.runs);
  const recipe = useEditorState(chosenRecipe);
  const choice = useMemo(() => (hindrance === undefined && analysis ? runChoice(analysis, recipe) : undefined), [hindrance, analysis, recipe]);
  const present = runs.at(-1);
  if (present && isRunning(present)) {
    const { step, steps } = latestProgress(present);
    return (
      <button type="button" className="button secondary" title="Show the run" onClick={() => editor.store.set({ runPanel: true })}>
        <Icon name="loading" />Running <span className="num">{step} / {steps}</span>
      </button>
    );
  }
  const label = choice && 'label' in choice ? choice.label : 'Run';
  return (
    <button type="button" className={`button ${choice && 'label' in choice ? '' : 'secondary'}`} disabled={hindrance !== undefined} title={hindrance ?? (choice && 'obstacle' in choice ? choice.obstacle : 'Train for a short run on this machine')} onClick={() => startRun(editor)}>
      <Icon name="play" /><span className="run-label">{label}</span>
    </button>
  );
}

export function IconButton({ icon, title, pressed, disabled, onClick }: { readonly icon: string; readonly title: string; readonly pressed?: boolean; readonly disabled?: boolean; onClick(): void }) {
  return (
    <button type="button" className="icon-button" title={title} aria-label={title} aria-pressed={pressed} disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
