import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { insert, placeOf, rankAt } from '../store/operations.js';
import { useEditor, useEditorState } from '../store/editor.js';
import type { QuickAdd as Request } from '../store/state.js';
import { catalogOf, searchCatalog } from './catalog.js';
import { documentOf } from './palette.js';

const MOST = 60;

/** `/`: type a layer's name, Enter puts it after the selection or on the wire. */
export function QuickAdd() {
  const request = useEditorState((state) => state.quickAdd);
  return request && <Popup key={`${request.at.x},${request.at.y}`} at={request.at} target={request.target} />;
}

function Popup({ at, target }: Request) {
  const editor = useEditor();
  const document = useEditorState(documentOf);
  const groups = useMemo(() => catalogOf(document), [document]);
  // Where no place is given the place is what is selected, also when that changes while the list is open.
  useEditorState((state) => state.selection);
  const [rank] = useState(() => rankAt(editor, target));
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const items = useMemo(() => (query.trim() === '' ? groups.flatMap(({ items, short }) => items.slice(0, short)) : searchCatalog(groups, query, rank)).slice(0, MOST), [groups, query, rank]);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    input.current?.focus();
  }, []);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const close = () => {
    editor.store.set({ quickAdd: undefined });
    editor.canvas.current?.focus();
  };
  const choose = (k: number) => {
    const item = items[k];
    if (!item) return;
    close();
    insert(editor, item.type, target);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) setChosen((k) => (k + step + items.length) % Math.max(1, items.length));
    else if (event.key === 'Enter') choose(chosen);
    else if (event.key === 'Escape' || event.key === 'Tab') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="quick-add" role="dialog" aria-label="Add a layer" style={{ left: Math.max(8, Math.min(at.x, innerWidth - 312)), top: Math.max(8, Math.min(at.y, innerHeight - 340)) }} onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && editor.store.set({ quickAdd: undefined })}>
      <input ref={input} className="input" placeholder="Layer to add" aria-label="Layer to add" role="combobox" aria-expanded="true" aria-controls="quick-add-list" aria-activedescendant={items[chosen] ? `quick-add-${chosen}` : undefined} value={query} onChange={(event) => (setQuery(event.target.value), setChosen(0))} onKeyDown={onKeyDown} />
      <div className="where">{placeOf(editor, target)}</div>
      {items.length === 0 && <p className="none">No layer is called “{query.trim()}”.</p>}
      <ul role="listbox" id="quick-add-list" ref={list}>
        {items.map((item, k) => (
          <li key={item.type} id={`quick-add-${k}`} role="option" aria-selected={k === chosen} style={{ '--c': item.colour } as React.CSSProperties} title={item.doc} onPointerDown={(event) => event.preventDefault()} onClick={() => choose(k)}>
            <span className="swatch" />{item.name}<span className="hint">{item.hint || item.family}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
