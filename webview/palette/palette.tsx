import { useEffect, useMemo, useRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import { drag, dragType } from '../canvas/contract.js';
import { Glyph, Icon } from '../shell/glyph.js';
import { insert, skipBetweenSelected } from '../store/operations.js';
import { useEditor, useEditorState } from '../store/editor.js';
import type { EditorState } from '../store/state.js';
import { catalogOf, searchCatalog, skipItems, type CatalogGroup, type CatalogItem } from './catalog.js';

export const documentOf = (state: EditorState) => state.analysis?.parsed.document;

/** Layers to drag onto the canvas, or to put after the selection with Enter. */
export function Palette({ rail }: { readonly rail: boolean }) {
  const document = useEditorState(documentOf);
  const groups = useMemo(() => catalogOf(document), [document]);
  return rail ? <Rail groups={groups} /> : <Full groups={groups} />;
}

function Full({ groups }: { readonly groups: readonly CatalogGroup[] }) {
  const [query, setQuery] = useState('');
  const found = useMemo(() => (query.trim() === '' ? undefined : searchCatalog(groups, query)), [groups, query]);
  const editor = useEditor();
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setQuery('');
    if (event.key === 'Enter' && found?.[0]) insert(editor, found[0].type);
    if (event.key === 'ArrowDown') (event.currentTarget.closest('.palette')?.querySelector('.palette-item') as HTMLElement | null)?.focus();
  };
  return (
    <div className="palette" role="region" aria-label="Palette">
      <div className="search">
        <Icon name="search" />
        <input className="input" type="search" placeholder="Search layers" aria-label="Search layers" value={query} onChange={(event) => setQuery(event.target.value)} onKeyDown={onKeyDown} />
        {query === '' && <span className="key">/</span>}
      </div>
      <div className="list" onKeyDown={walkItems}>
        {found ? <Found items={found} query={query} /> : <Groups groups={groups} />}
      </div>
    </div>
  );
}

function Found({ items, query }: { readonly items: readonly CatalogItem[]; readonly query: string }) {
  if (items.length === 0) return <p className="none">No layer is called “{query}”.</p>;
  return items.map((item, k) => <Item key={item.type} item={item} tabbable={k === 0} />);
}

function Groups({ groups }: { readonly groups: readonly CatalogGroup[] }) {
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const toggle = (title: string) => setWhole((open) => new Set(open.has(title) ? [...open].filter((other) => other !== title) : [...open, title]));
  return (
    <>
      <div className="palette-group caps">Skip connections</div>
      <Skips />
      {groups.map(({ title, items, short }) => (
        <div key={title} role="group" aria-label={title}>
          {short < items.length ? (
            <button type="button" className="palette-group caps" aria-expanded={whole.has(title)} title={whole.has(title) ? 'Show the common ones' : `Show all ${items.length}`} onClick={() => toggle(title)}>
              <span>{title}</span><span>{whole.has(title) ? '–' : `+${items.length - short}`}</span>
            </button>
          ) : (
            <div className="palette-group caps">{title}</div>
          )}
          {(whole.has(title) ? items : items.slice(0, short)).map((item) => <Item key={item.type} item={item} />)}
        </div>
      ))}
    </>
  );
}

function Skips() {
  const editor = useEditor();
  return skipItems.map(({ merge, name, key, doc }, k) => (
    <button key={merge} type="button" className="palette-item" tabIndex={k === 0 ? 0 : -1} title={`${doc} Select two layers, then press ${key}.`} onClick={() => skipBetweenSelected(editor, merge)}>
      <Glyph merge={merge} /><span className="name">{name}</span><span className="hint">{key}</span>
    </button>
  ));
}

export function Item({ item, tabbable = false }: { readonly item: CatalogItem; readonly tabbable?: boolean }) {
  const editor = useEditor();
  return (
    <button type="button" className="palette-item" draggable tabIndex={tabbable ? 0 : -1} title={item.doc} style={{ '--c': item.colour } as React.CSSProperties} {...dragHandlers(item.type)} onClick={() => insert(editor, item.type)}>
      <span className="swatch" /><span className="name">{item.name}</span><span className="hint">{item.hint}</span>
    </button>
  );
}

function dragHandlers(type: string) {
  return {
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.setData(dragType, type);
      event.dataTransfer.effectAllowed = 'copy';
      // dragover may not read the data, so the canvas looks here to draw the ghost of what is coming.
      drag.type = type;
    },
    onDragEnd: () => (drag.type = undefined),
  };
}

/** Arrows walk the items: the palette is one tab stop. */
function walkItems(event: KeyboardEvent<HTMLElement>) {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('.palette-item')];
  const now = items.indexOf(document.activeElement as HTMLElement);
  event.preventDefault();
  if (now + step < 0) event.currentTarget.closest('.palette')?.querySelector('input')?.focus();
  else items[Math.min(items.length - 1, now + step)]?.focus();
}

function Rail({ groups }: { readonly groups: readonly CatalogGroup[] }) {
  const editor = useEditor();
  const [open, setOpen] = useState<{ readonly title: string; readonly top: number } | undefined>();
  const flyout = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open) flyout.current?.querySelector<HTMLElement>('.palette-item')?.focus();
  }, [open]);
  const group = groups.find(({ title }) => title === open?.title);
  return (
    <div className="palette rail" role="region" aria-label="Palette" onKeyDown={(event) => event.key === 'Escape' && setOpen(undefined)}>
      <button type="button" className="icon-button" title="Search layers (/)" aria-label="Search layers" onClick={(event) => editor.store.set({ quickAdd: { at: besideOf(event.currentTarget), target: undefined } })}>
        <Icon name="search" />
      </button>
      {skipItems.map(({ merge, name, key }) => (
        <button key={merge} type="button" className="icon-button" title={`${name} (${key})`} aria-label={name} onClick={() => skipBetweenSelected(editor, merge)}>
          <Glyph merge={merge} size={15} />
        </button>
      ))}
      {groups.map(({ title, items }) => (
        <button key={title} type="button" className="icon-button" title={title} aria-label={title} aria-expanded={open?.title === title} style={{ '--c': items[0]?.colour } as React.CSSProperties} onClick={(event) => setOpen(open?.title === title ? undefined : { title, top: event.currentTarget.getBoundingClientRect().top })}>
          {title === 'Blocks' ? <Icon name="layers" /> : <span className="swatch" />}
        </button>
      ))}
      {open && group && (
        <div className="rail-flyout" ref={flyout} style={{ top: Math.min(open.top, innerHeight * 0.4) }} onKeyDown={walkItems} onClick={() => setOpen(undefined)}>
          <div className="palette-group caps">{group.title}</div>
          {group.items.map((item) => <Item key={item.type} item={item} />)}
        </div>
      )}
    </div>
  );
}

const besideOf = (element: HTMLElement) => {
  const { right, top } = element.getBoundingClientRect();
  return { x: right + 8, y: top };
};
