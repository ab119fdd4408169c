import type { Analysis } from '../../lib/analysis/analysis.js';
import { Icon } from '../shell/glyph.js';
import { Marked } from '../shell/marked.js';
import { useEditor } from '../store/editor.js';
import { problemKey } from '../store/state.js';

/** The problems of the selected node; pressing one opens its callout. */
export function ProblemsHere({ analysis, path }: { readonly analysis: Analysis; readonly path: string }) {
  const editor = useEditor();
  return analysis.problems
    .filter((problem) => problem.node === path)
    .map((problem) => (
      <button key={problemKey(problem)} type="button" className={`problem ${problem.severity}`} onClick={() => editor.focusProblem(problem)}>
        <Icon name={problem.severity === 'hint' ? 'lightbulb' : problem.severity} /><span><Marked text={problem.message} /></span>
      </button>
    ));
}
