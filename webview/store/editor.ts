import { asksForPanel } from './runs.js';
import { createContext, useContext } from 'react';
import { createAnalysis } from '../../lib/analysis/analyze.js';
import type { Edit } from '../../lib/document/edit.js';
import { parse, type Parsed } from '../../lib/document/parse.js';
import type { Fix, Problem } from '../../lib/document/problem.js';
import { keyOf, revealing, toggled, withRepetition, type Direction } from '../../lib/layout/view.js';
import type { HostCommand } from '../../lib/protocol/messages.js';
import type { CanvasHandle, Overlay, SelectMode } from '../canvas/contract.js';
import type { Host } from '../host.js';
import { flushDrafts } from './drafts.js';
import { createEditQueue } from './queue.js';
import { openAtFirst } from './opening.js';
import { initialState, openProblem, problemKey, type EditorState, type Notice } from './state.js';
import { createStore, useStore, type Store } from './store.js';
import { isThere, subjectPath } from './subject.js';

/** What the panels can do. One object for the life of the page. */
export interface Editor {
  readonly host: Host;
  readonly store: Store<EditorState>;
  /** The canvas while it is shown. */
  readonly canvas: { current: CanvasHandle | null };
  /** One action: one patch, one undo step. `select` is selected once the host has it. */
  perform(edits: readonly Edit[], label: string, select?: readonly string[]): void;
  /** Does what reads the present design once every edit before it is in: at once where none is under way. */
  whenCurrent(run: () => void): void;
  /** Whether an edit is under way after which something else is selected. */
  isAboutToSelect(): boolean;
  /** Whether nothing can be changed now; the person is told why. */
  isFrozen(): boolean;
  command(command: HostCommand, argument?: string): void;
  select(paths: readonly string[], mode?: SelectMode): void;
  /** Selects one node and brings it into sight, opening the blocks around it. */
  show(path: string): void;
  openBlock(path: string): void;
  stepRepetition(path: string, k: number): void;
  focusProblem(problem: Problem | undefined, fix?: number): void;
  focusFix(fix: number | undefined): void;
  nextProblem(step: 1 | -1): void;
  applyFix(fix: Fix): void;
  setDirection(direction: Direction): void;
  setOverlay(overlay: Overlay): void;
  notify(level: Notice['level'], message: string, actions?: Notice['actions']): void;
  dismiss(notice: number): void;
  announce(message: string): void;
}

const Context = createContext<Editor | undefined>(undefined);
export const EditorProvider = Context.Provider;

export function useEditor(): Editor {
  const editor = useContext(Context);
  if (!editor) throw new Error('No editor is provided here.');
  return editor;
}

/** What `select` reads from the editor's state. Give a function that does not change between renders. */
export function useEditorState<T>(select: (state: EditorState) => T): T {
  return useStore(useEditor().store, select);
}

/** What is remembered over a reload of the page. */
interface Memory {
  readonly expanded?: readonly string[];
  readonly repetition?: readonly (readonly [string, number])[];
  readonly direction?: Direction;
  readonly overlay?: Overlay;
}

export function createEditor(host: Host): Editor {
  const memory = (host.memory.read() ?? {}) as Memory;
  const store = createStore<EditorState>({
    ...initialState,
    view: { expanded: new Set(memory.expanded ?? []), repetition: new Map(memory.repetition ?? []) },
    direction: memory.direction === 'right' ? 'right' : 'down',
    overlay: memory.overlay === 'none' ? 'none' : 'shapes',
  });
  const remember = () => {
    const { view, direction, overlay } = store.get();
    host.memory.write({ expanded: [...view.expanded], repetition: [...view.repetition], direction, overlay } satisfies Memory);
  };
  const analyzer = createAnalysis();
  let parsed: Parsed | undefined;
  let notices = 0;
  /** Selected once a document of at least this version has arrived. */
  let toSelect: { readonly version: number; readonly paths: readonly string[] } | undefined;

  const select = (paths: readonly string[], mode: SelectMode = 'replace') => {
    const now = store.get().selection;
    const next = mode === 'replace' ? paths : mode === 'add' ? [...now, ...paths.filter((path) => !now.includes(path))] : [...now.filter((path) => !paths.includes(path)), ...paths.filter((path) => !now.includes(path))];
    store.set({ selection: next });
    const { analysis } = store.get();
    if (analysis) host.channel.send({ type: 'select', paths: next.map((path) => subjectPath(analysis, path)).filter((path) => path !== undefined) });
  };
  const notify: Editor['notify'] = (level, message, actions = []) =>
    store.set((state) => ({ notices: [...state.notices.filter((notice) => notice.message !== message), { id: ++notices, level, message, actions }].slice(-4) }));
  const announce = (announcement: string) => store.set({ announcement: announcement.replaceAll('`', '') });

  const queue = createEditQueue(host.channel, () => store.get().version, (edit, version) => {
    if (edit.select === undefined) return;
    if (store.get().version >= version) select(edit.select);
    else toSelect = { version, paths: edit.select };
  }, (message) => notify('warning', message));

  const editor: Editor = {
    host,
    store,
    canvas: { current: null },
    isFrozen() {
      const { settings, unreadable } = store.get();
      const why = settings?.readOnly === true ? 'The file is read-only here.' : unreadable !== undefined ? 'The text cannot be read, so nothing can be changed on the picture. Mend the text first.' : undefined;
      if (why !== undefined) notify('warning', why);
      return why !== undefined;
    },
    perform(edits, label, chosen) {
      if (edits.length === 0 || editor.isFrozen()) return;
      queue.add({ edits, label, ...(chosen && { select: chosen }) });
      announce(label);
    },
    whenCurrent: (run) => queue.after(run),
    isAboutToSelect: () => queue.selects() || toSelect !== undefined,
    command(command, argument) {
      // A save or an undo that overtook what was just typed would save or undo something else than the person sees.
      flushDrafts();
      queue.after(() => host.channel.send({ type: 'command', command, ...(argument !== undefined && { argument }) }));
    },
    select,
    show(path) {
      store.set((state) => ({ view: revealing(state.view, path) }));
      remember();
      select([path]);
      // The canvas lays the opened blocks out first; a reveal before that would go to the old place.
      requestAnimationFrame(() => editor.canvas.current?.reveal(path));
    },
    openBlock(path) {
      store.set((state) => ({ view: toggled(state.view, path) }));
      announce(`${path} ${store.get().view.expanded.has(keyOf(path)) ? 'opened' : 'closed'}`);
      remember();
    },
    stepRepetition(path, k) {
      store.set((state) => {
        const key = keyOf(path);
        // What is selected inside the repetition that was shown is selected in the one now shown.
        const inside = new RegExp(`^${path.replace(/\[\d+\]$/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\[\\d+\\]`);
        const own = `${path.replace(/\[\d+\]$/, '')}[${k}]`;
        return { view: withRepetition(state.view, path, k), selection: state.selection.map((chosen) => (keyOf(chosen).startsWith(key) ? chosen.replace(inside, own) : chosen)) };
      });
      remember();
    },
    focusProblem(problem, fix) {
      if (!problem) return store.set({ problem: undefined });
      const best = problem.fixes.findIndex((candidate) => candidate.refusal === undefined);
      store.set((state) => ({ problem: { key: problemKey(problem), fix: fix ?? (best < 0 ? undefined : best) }, view: problem.node === '' ? state.view : revealing(state.view, problem.node) }));
      if (problem.node !== '') select([problem.node]);
      // What is wrong with a recipe is shown at its field, too.
      const [word, recipe] = problem.place.path;
      if (word === 'training' && recipe !== undefined) store.set({ recipe: String(recipe), runPanel: true, runTab: 'recipe' });
      announce(problem.message);
    },
    focusFix: (fix) => store.set((state) => (state.problem ? { problem: { ...state.problem, fix } } : {})),
    nextProblem(step) {
      const problems = store.get().analysis?.problems ?? [];
      if (problems.length === 0) return announce('No problems');
      const now = problems.findIndex((problem) => problemKey(problem) === store.get().problem?.key);
      editor.focusProblem(problems[now < 0 ? (step > 0 ? 0 : problems.length - 1) : (now + step + problems.length) % problems.length]);
    },
    applyFix(fix) {
      if (fix.refusal !== undefined) return announce(fix.refusal);
      editor.perform(fix.edits, fix.title);
      store.set({ problem: undefined });
      editor.canvas.current?.focus();
    },
    setDirection(direction) {
      store.set({ direction });
      remember();
    },
    setOverlay(overlay) {
      store.set({ overlay });
      remember();
    },
    notify,
    dismiss: (id) => store.set((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) })),
    announce,
  };

  const { channel } = host;
  channel.on('document', ({ version, text, name, dirty }) => {
    if (version === store.get().version && text === store.get().text) return store.set({ name, dirty });
    parsed = parse(text, parsed);
    const before = store.get();
    const readable = parsed.readable || before.analysis === undefined;
    const analysis = readable ? analyzer.update(parsed) : before.analysis;
    const unreadable = parsed.readable || text.trim() === '' ? undefined : (parsed.problems.find((problem) => problem.severity === 'error')?.message ?? 'The text cannot be read.');
    const first = before.version === 0 && memory.expanded === undefined && analysis !== undefined && before.view.expanded.size === 0;
    const chosen = toSelect !== undefined && toSelect.version <= version ? toSelect.paths : undefined;
    // What a change has removed can no longer be selected.
    const selection = (chosen ?? before.selection).filter((path) => analysis === undefined || isThere(analysis, path));
    if (chosen) toSelect = undefined;
    store.set({ version, text, name, dirty, analysis, unreadable, ...(first && { view: { ...before.view, expanded: openAtFirst(analysis.parsed.document) } }), selection: selection.length === before.selection.length && chosen === undefined ? before.selection : selection });
    if (before.problem && !openProblem(store.get())) store.set({ problem: undefined });
    queue.arrived();
    const [was, is] = [before.analysis?.problems.length ?? 0, analysis?.problems.length ?? 0];
    if (was !== is && before.version > 0) announce(is === 0 ? 'No problems' : `${is} ${is === 1 ? 'problem' : 'problems'}: ${analysis?.problems[0]?.message ?? ''}`);
  });
  channel.on('settings', ({ settings }) => store.set({ settings }));
  channel.on('select', ({ paths }) => {
    const { analysis } = store.get();
    if (!analysis) return;
    const wanted = new Set(paths.map((path) => JSON.stringify(path)));
    const nodes = analysis.program.nodes.filter((node) => wanted.has(JSON.stringify(node.place))).slice(0, 1);
    if (nodes.length > 0) store.set((state) => ({ selection: nodes.map((node) => node.path), view: revealing(state.view, nodes[0]!.path) }));
  });
  channel.on('focusProblem', ({ node, code }) => {
    const focus = () => editor.focusProblem(store.get().analysis?.problems.find((problem) => problem.node === node && problem.code === code));
    if (host.elsewhere) host.elsewhere(focus);
    else focus();
  });
  let known: ReadonlySet<string> | undefined;
  channel.on('runs', ({ runs }) => {
    const isNew = known !== undefined && runs.some(({ id }) => known?.has(id) === false);
    store.set({ runs, ...(asksForPanel(known, runs) && { runPanel: true }), ...(isNew && { runTab: 'run' }) });
    known = new Set(runs.map(({ id }) => id));
  });
  channel.on('record', ({ run, record }) =>
    store.set((state) => {
      const known = state.runs.some(({ id }) => id === run);
      const runs = known ? state.runs.map((summary) => (summary.id === run ? { ...summary, records: [...summary.records, record] } : summary)) : [...state.runs, { id: run, design: '', records: [record] }];
      return { runs, ...(record.type === 'started' && { runPanel: true, runTab: 'run' as const }) };
    }),
  );
  channel.on('notice', ({ level, message, actions }) => notify(level, message, (actions ?? []).map(({ title, command, argument }) => ({ title, run: () => editor.command(command, argument) }))));
  return editor;
}
