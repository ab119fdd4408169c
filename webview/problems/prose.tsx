import { Fragment } from 'react';
import { useEditor } from '../store/editor.js';

/** A sentence of the analysis: `names` become links to their layer, shapes and numbers stand out. */
export function Prose({ text, node }: { readonly text: string; readonly node?: string }) {
  const editor = useEditor();
  return text.split(/(`[^`]+`)/).map((part, k) => {
    if (!part.startsWith('`')) return <Fragment key={k}>{numbers(part)}</Fragment>;
    const name = part.slice(1, -1);
    const target = node !== undefined && (node === name || node.replace(/\[\d+\]/g, '').endsWith(name.replace(/\[\d+\]/g, ''))) ? node : undefined;
    if (target === undefined) return <span key={k} className="mono strong">{name}</span>;
    return <a key={k} className="link" role="button" tabIndex={-1} onClick={() => editor.canvas.current?.reveal(target)}>{name}</a>;
  });
}

const numbers = (text: string) => text.split(/((?:\b(?:\d+|[A-Z])(?: × (?:\d+|[A-Z]|\([^)]*\)))+)|\b\d[\d,.]*\d\b|\b\d\b)/).map((part, k) => (k % 2 === 1 ? <b key={k} className="num">{part.replace(/ × /g, '\u00a0×\u00a0')}</b> : part));
