import { useMemo, type KeyboardEvent } from 'react';
import { analyze } from '../../lib/analysis/analyze.js';
import type { Template } from '../../lib/protocol/messages.js';
import { dragType } from '../canvas/contract.js';
import { insert } from '../store/operations.js';
import { Glyph } from '../shell/glyph.js';
import { formatShort, sizeOf } from '../shell/numbers.js';
import { useEditor, useEditorState } from '../store/editor.js';
import { Miniature } from './miniatures.js';
import { CARDS, shelf } from './shelf.js';

interface Offered extends Template {
  readonly position: number;
  readonly params: string;
}

/** An empty document: the templates to start from. */
export function EmptyState() {
  const editor = useEditor();
  const templates = useEditorState((state) => state.settings?.templates);
  const offered = useMemo(() => (templates ?? []).map(offer).sort((a, b) => a.position - b.position), [templates]);
  const cards = offered.filter(({ position }) => position < CARDS);
  const more = offered.filter(({ position }) => position >= CARDS);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 3, ArrowUp: -3 }[event.key];
    if (step === undefined) return;
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('.template')];
    const next = buttons[buttons.indexOf(document.activeElement as HTMLElement) + step];
    if (next) event.preventDefault();
    next?.focus();
  };
  return (
    <div className="empty" onDragOver={(event) => event.dataTransfer.types.includes(dragType) && event.preventDefault()} onDrop={(event) => insert(editor, event.dataTransfer.getData(dragType), { kind: 'point', scope: '', x: 0, y: 0 })}>
      <div className="hero">
        <h1>Start a network</h1>
        <p>Pick a template, or drag a layer from the left. <kbd>/</kbd> searches layers, <kbd>A</kbd> <kbd>C</kbd> <kbd>G</kbd> add a skip between two selected layers.</p>
        <div className="template-grid" onKeyDown={onKeyDown}>
          {cards.map((template, k) => (
            <button key={template.id} type="button" className="template" title={sentenceOf(template)} autoFocus={k === 0} onClick={() => editor.command('openTemplate', template.id)}>
              <Miniature template={template.id} />
              <span className="foot" style={{ display: 'block' }}>
                <span className="line">{shelf.get(template.id)?.merge && <Glyph merge={shelf.get(template.id)!.merge!} size={12} />}<b>{titleOf(template)}</b><span className="num">{template.params}</span></span>
                <span className="dim" style={{ display: 'block' }}>{shelf.get(template.id)?.detail ?? template.detail}</span>
              </span>
            </button>
          ))}
        </div>
        {more.length > 0 && (
          <div className="more">
            <span className="dim">More</span>
            {more.map((template) => (
              <button key={template.id} type="button" className="link" title={shelf.get(template.id)?.detail ?? template.detail} onClick={() => editor.command('openTemplate', template.id)}>{titleOf(template)}<span className="num">{template.params}</span></button>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

/** What the file says of itself in its first line. */
const sentenceOf = ({ text, detail }: Template): string | undefined => /^\/\/\s*(.+)/.exec(text)?.[1] ?? detail;

const titleOf = ({ id, title }: Template): string => shelf.get(id)?.title ?? title;

/** Its parameters are counted from its text, so that the card cannot say something else than the network. */
function offer(template: Template): Offered {
  const position = [...shelf.keys()].indexOf(template.id);
  const size = sizeOf(analyze(template.text).totals.params);
  return { ...template, position: position < 0 ? shelf.size : position, params: size === undefined ? '' : formatShort(size) };
}
