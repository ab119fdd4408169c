import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import type { Fix, Problem } from '../../lib/document/problem.js';
import type { ProblemPlace } from '../canvas/contract.js';
import { Icon } from '../shell/glyph.js';
import { IconButton } from '../shell/toolbar.js';
import { useEditor, useEditorState } from '../store/editor.js';
import { openProblem, problemKey } from '../store/state.js';
import { AxesTable, headlineOf } from './axes-table.js';
import { Prose } from './prose.js';
import { calloutWidth, leaderPath, placeCallout, type Box } from './placing.js';

/** The problem in focus: what, axes, why, fixes. It stands beside the merge and never over its two branches. */
export function Callout({ place, stage }: { readonly place: ProblemPlace | undefined; readonly stage: RefObject<HTMLElement | null> }) {
  const problem = useEditorState(openProblem);
  return problem && <Open key={problemKey(problem)} problem={problem} place={place} stage={stage} />;
}

function Open({ problem, place, stage }: { readonly problem: Problem; readonly place: ProblemPlace | undefined; readonly stage: RefObject<HTMLElement | null> }) {
  const editor = useEditor();
  const focused = useEditorState((state) => state.problem?.fix);
  const box = useRef<HTMLDivElement>(null);
  const [where, setWhere] = useState<Box | undefined>();
  useLayoutEffect(() => {
    const [outer, inner] = [stage.current, box.current];
    if (!outer || !inner) return;
    inner.style.width = `${calloutWidth(outer.clientWidth)}px`;
    setWhere(placeCallout({ width: outer.clientWidth, height: outer.clientHeight }, { width: inner.offsetWidth, height: inner.offsetHeight }, place));
  }, [place, problem, stage]);
  // The best fix has the keyboard, so that Enter applies it. (Before it has its place the callout is transparent, not hidden: what is hidden takes no focus.)
  // A page that has not got the keyboard does not take it: the person may walk through the rows of the Problems panel.
  useEffect(() => {
    const take = () => {
      const fixes = box.current?.querySelectorAll<HTMLElement>('.fix');
      (fixes?.[editor.store.get().problem?.fix ?? 0] ?? box.current)?.focus({ preventScroll: true });
    };
    if (document.hasFocus()) return take();
    window.addEventListener('focus', take, { once: true });
    return () => window.removeEventListener('focus', take);
  }, [editor]);

  const close = () => {
    editor.focusProblem(undefined);
    editor.canvas.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Escape') close();
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const fixes = [...event.currentTarget.querySelectorAll<HTMLElement>('.fix')];
      const next = fixes.indexOf(document.activeElement as HTMLElement) + (event.key === 'ArrowDown' ? 1 : -1);
      fixes[(next + fixes.length) % Math.max(1, fixes.length)]?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const headline = headlineOf(problem);
  const others = Array.isArray(problem.facts?.['others']) ? problem.facts['others'].map(String) : [];
  const name = problem.node.split('.').at(-1) ?? problem.node;
  return (
    <>
      {place && where && <svg className="leader" aria-hidden="true"><path d={leaderPath(place, where)} /></svg>}
      <div ref={box} className={`callout ${problem.severity}`} role="dialog" aria-label={`Problem: ${problem.message}`} tabIndex={-1} onKeyDown={onKeyDown} style={where ? { left: where.left, top: where.top, width: where.width } : { opacity: 0 }}>
        <h3 className="callout-title">
          <Icon name={problem.severity === 'hint' ? 'lightbulb' : problem.severity} />
          <span className="text">{headline === undefined ? <Prose text={problem.message} seenFrom={problem.node} /> : `${name} cannot combine these shapes`}</span>
          <IconButton icon="close" title="Close (Esc)" onClick={close} />
        </h3>
        {headline !== undefined && <p>{headline}</p>}
        <AxesTable problem={problem} />
        {others.length > 0 && <p className="dim">The same stands at {others.length === 1 ? others[0] : `${others.length} more places: ${others.slice(0, 3).join(', ')}${others.length > 3 ? ' …' : ''}`}.</p>}
        {problem.explanation.length > 0 && (
          <div className="why">
            <h4 className="caps">Why</h4>
            <ol>
              {problem.explanation.map((step, k) => (
                <li key={k}><span className="pin">{k + 1}</span><span><Prose text={step.text} seenFrom={problem.node} /></span></li>
              ))}
            </ol>
          </div>
        )}
        {problem.fixes.length > 0 && (
          <div className="fixes">
            <h4 className="caps">{problem.fixes.length === 1 ? 'Fix' : 'Fixes'}</h4>
            {problem.fixes.map((fix, k) => <FixButton key={k} fix={fix} best={k === 0} focused={focused === k} onFocus={() => editor.focusFix(k)} onApply={() => editor.applyFix(fix)} />)}
          </div>
        )}
      </div>
    </>
  );
}

function FixButton({ fix, best, focused, onFocus, onApply }: { readonly fix: Fix; readonly best: boolean; readonly focused: boolean; onFocus(): void; onApply(): void }) {
  const refused = fix.refusal !== undefined;
  return (
    <button type="button" className={`fix ${focused && !refused ? 'focused' : ''}`} aria-disabled={refused} onFocus={onFocus} onPointerEnter={(event) => event.currentTarget.focus({ preventScroll: true })} onClick={onApply}>
      <Icon name={refused ? 'circle-slash' : best ? 'lightbulb' : 'edit'} />
      <span className="what"><b>{fix.title.replace(/`/g, '')}</b><small>{(refused ? fix.refusal : fix.detail)?.replace(/`/g, '')}</small></span>
      <span className="key">Enter</span>
    </button>
  );
}
