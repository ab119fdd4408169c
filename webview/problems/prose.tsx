import { Fragment } from 'react';
import type { Analysis } from '../../lib/analysis/analysis.js';
import { useEditor, useEditorState } from '../store/editor.js';
import { subjectAt } from '../store/subject.js';

/** A sentence of the analysis: names of layers become links to them, shapes and numbers stand out. `seenFrom` is the node that it is said of. */
export function Prose({ text, seenFrom }: { readonly text: string; readonly seenFrom: string }) {
  const editor = useEditor();
  const analysis = useEditorState((state) => state.analysis);
  return text.split(/(`[^`]+`)/).map((part, k) => {
    if (!part.startsWith('`')) return <Fragment key={k}>{numbers(part)}</Fragment>;
    const name = part.slice(1, -1);
    const target = analysis && name !== seenFrom.split('.').at(-1) ? lookUp(analysis, name, seenFrom) : undefined;
    if (target === undefined) return <span key={k} className="mono strong">{name}</span>;
    return <a key={k} className="link" role="button" tabIndex={-1} title={`Show ${target}`} onClick={() => editor.canvas.current?.reveal(target)}>{name}</a>;
  });
}

/** The node that a name means where it is said: in the scope of `seenFrom`, or in one around it. */
function lookUp(analysis: Analysis, name: string, seenFrom: string): string | undefined {
  const scopes = seenFrom.split('.');
  for (let depth = scopes.length - 1; depth >= 0; depth--) {
    const path = [...scopes.slice(0, depth), name].join('.');
    if (subjectAt(analysis, path)) return path;
  }
  return undefined;
}

const numbers = (text: string) => text.split(/((?:\b(?:\d+|[A-Z])(?: × (?:\d+|[A-Z]|\([^)]*\)))+)|\b\d[\d,.]*\d\b|\b\d\b)/).map((part, k) => (k % 2 === 1 ? <b key={k} className="num">{part.replace(/ × /g, '\u00a0×\u00a0')}</b> : part));
