import { blockUses, placedByHand } from '../../lib/actions/index.js';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { copy, copyPyTorch, duplicate, makeOwn, paste, remove, resetPositions, skipBetweenSelected, wrap } from '../store/operations.js';
import { useEditor, useEditorState } from '../store/editor.js';
import type { ContextMenu } from '../store/state.js';
import { subjectAt, subjectPath } from '../store/subject.js';
import { skipItems } from '../palette/catalog.js';

interface Entry {
  readonly title: string;
  readonly key?: string;
  run(): void;
}

/** What can be done with what was pressed: right button, or the menu key. */
export function Menu() {
  const menu = useEditorState((state) => state.menu);
  return menu && <Open menu={menu} />;
}

function Open({ menu: { paths, at, target } }: { readonly menu: ContextMenu }) {
  const editor = useEditor();
  const box = useRef<HTMLDivElement>(null);
  const analysis = useEditorState((state) => state.analysis);
  const vscode = useEditorState((state) => state.settings?.host === 'vscode');
  useEffect(() => {
    box.current?.querySelector('button')?.focus();
  }, []);
  if (!analysis) return null;
  const close = () => editor.store.set({ menu: undefined });
  const [path] = paths;
  const subject = paths.length === 1 && path !== undefined ? subjectAt(analysis, path) : undefined;
  const block = subject?.kind === 'use' ? analysis.parsed.document.blocks.get(subject.use.node.op) : undefined;
  const place = path === undefined ? undefined : subjectPath(analysis, path);
  const groups: readonly (readonly Entry[])[] = [
    [{ title: 'Add a layer here …', key: '/', run: () => editor.store.set({ quickAdd: { at, target } }) }],
    block && path !== undefined ? [{ title: editor.store.get().view.expanded.has(path) ? 'Close the block' : 'Open the block', key: 'Space', run: () => editor.openBlock(path) }, ...(blockUses(analysis.parsed.document, block.name).length > 1 ? [{ title: 'Make this use its own', run: () => makeOwn(editor, path) }] : [])] : [],
    paths.length === 2 ? skipItems.map(({ merge, name, key }) => ({ title: `Skip between them: ${name.toLowerCase()}`, key, run: () => skipBetweenSelected(editor, merge) })) : [],
    subject ? [{ title: 'Rename', key: 'F2', run: () => (editor.select([path!]), requestAnimationFrame(() => document.querySelector<HTMLElement>('.inspector [data-rename]')?.click())) }] : [],
    paths.length > 0 ? [
      { title: 'Copy', key: 'Ctrl+C', run: () => copy(editor, paths, false) }, { title: 'Cut', key: 'Ctrl+X', run: () => copy(editor, paths, true) }, { title: 'Duplicate', key: 'Ctrl+D', run: () => duplicate(editor, paths) }, { title: 'Make a block of ' + (paths.length === 1 ? 'it' : 'them'), run: () => wrap(editor, paths) }, { title: 'Delete', key: 'Del', run: () => remove(editor, paths) },
    ] : [{ title: 'Paste', key: 'Ctrl+V', run: () => void paste(editor, target) }],
    placedByHand(analysis, paths) ? [{ title: paths.length === 0 ? 'Reset all positions' : paths.length === 1 ? 'Reset its position' : 'Reset their positions', run: () => resetPositions(editor, paths) }] : [],
    vscode && place ? [{ title: 'Show in the text', run: () => editor.host.channel.send({ type: 'reveal', path: place }) }] : [],
    paths.length === 0 ? [{ title: 'Copy the network as PyTorch', run: () => copyPyTorch(editor) }] : [],
  ];
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) buttons[(buttons.indexOf(document.activeElement as HTMLButtonElement) + step + buttons.length) % buttons.length]?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') {
      close();
      editor.canvas.current?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const shown = groups.filter((entries) => entries.length > 0);
  const height = shown.reduce((sum, entries) => sum + entries.length * 26 + 9, 0);
  return (
    <div ref={box} className="menu" role="menu" style={{ left: Math.min(at.x, innerWidth - 232), top: Math.max(8, Math.min(at.y, innerHeight - height - 8)) }} onKeyDown={onKeyDown} onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && close()}>
      {shown.map((entries, k) => (
        <div key={k} role="group">
          {k > 0 && <hr />}
          {entries.map(({ title, key, run }) => <button key={title} type="button" role="menuitem" onClick={() => (close(), run())}>{title}{key !== undefined && <span className="key">{key}</span>}</button>)}
        </div>
      ))}
    </div>
  );
}
