import { useEffect, useState } from 'react';
import type { Condition } from '../../lib/analysis/analysis.js';
import { useEditor, useEditorState } from '../store/editor.js';
import { isEmpty, type EditorState } from '../store/state.js';
import { Icon } from './glyph.js';
import { formatBytes, formatCount, formatLarge, formatTensor } from './numbers.js';

/** Parameters, MACs, activations, input, what is not counted, problems. */
export function Status() {
  const analysis = useEditorState((state) => state.analysis);
  const totals = analysis?.totals;
  const inputs = analysis?.program.inputs ?? [];
  return (
    <footer className="status" aria-label="Totals">
      <Total value={totals ? formatCount(totals.params) : '0'} name="parameters" />
      <Total value={totals ? formatLarge(totals.macs) : '0'} name="MACs" />
      <Total value={totals ? formatBytes(totals.activationBytes) : '0 B'} name="activations" />
      <span className="extra">
        {inputs.length === 0 ? 'No input yet' : <>{inputs.length === 1 ? 'Input' : 'Inputs'} {inputs.map((input, k) => <span key={input.name}>{k > 0 && ', '}<b>{formatTensor(input.tensor.shape)}</b></span>)}</>}
      </span>
      {totals !== undefined && totals.uncounted > 0 && (
        <span className="extra">{totals.uncounted} {totals.uncounted === 1 ? 'layer' : 'layers'} not counted: shape unknown</span>
      )}
      <Conditions />
      <span className="spacer" />
      <ProblemCount />
    </footer>
  );
}

/** A total that named sizes leave open is a formula; of a long one the beginning is shown, and all of it on hover. */
function Total({ value, name }: { readonly value: string; readonly name: string }) {
  return <span className="total" title={value.length > 20 ? `${value} ${name}` : undefined}><b>{value}</b> {name}</span>;
}

/** Milliseconds after the last change before the conditions are derived: a keystroke never waits for them. */
const QUIET = 250;
const analysisOf = (state: EditorState) => state.analysis;

/** For which named sizes the network fits: "H and W must be divisible by 16". */
function Conditions() {
  const editor = useEditor();
  const analysis = useEditorState(analysisOf);
  const [known, setKnown] = useState<readonly Condition[]>([]);
  useEffect(() => {
    if (!analysis) return;
    const derive = setTimeout(() => setKnown(analysis.conditions), QUIET);
    return () => clearTimeout(derive);
  }, [analysis]);
  const [first, ...more] = known;
  if (!first) return null;
  return (
    <span className="conditions">
      {[first, ...more].map((condition) => {
        const [node] = condition.nodes;
        return <button key={condition.text} type="button" title={`${condition.text}${node === undefined ? '' : `\nAsked for by ${condition.nodes.slice(0, 4).join(', ')}${condition.nodes.length > 4 ? ' …' : ''}`}`} disabled={node === undefined} onClick={() => node !== undefined && editor.show(node)}>{condition.text}</button>;
      })}
    </span>
  );
}

const problemsOf = (state: EditorState) => state.analysis?.problems;
const brokenOf = (state: EditorState) => state.unreadable !== undefined;

function ProblemCount() {
  const editor = useEditor();
  const problems = useEditorState(problemsOf) ?? [];
  const broken = useEditorState(brokenOf);
  const empty = useEditorState(isEmpty);
  if (broken) return <span className="bad"><Icon name="error" />Text cannot be read</span>;
  if (problems.length === 0 || empty) return <span><Icon name="check" />No problems</span>;
  const count = (severity: string) => problems.filter((problem) => problem.severity === severity).length;
  const [errors, warnings, hints] = [count('error'), count('warning'), count('hint')];
  return (
    <button type="button" className="problem-count" title="Show the next problem (F8)" onClick={() => editor.nextProblem(1)}>
      {errors > 0 && <span className="bad"><Icon name="error" /><b>{errors} {errors === 1 ? 'problem' : 'problems'}</b></span>}
      {warnings > 0 && <span className="warned"><Icon name="warning" /><b>{warnings} {warnings === 1 ? 'warning' : 'warnings'}</b></span>}
      {hints > 0 && errors + warnings === 0 && <span><Icon name="lightbulb" />{hints} {hints === 1 ? 'hint' : 'hints'}</span>}
    </button>
  );
}
