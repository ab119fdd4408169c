import { freshName, isNamed, type Analysis } from '../analysis/index.js';
import { formatSource } from '../document/source.js';
import { refuse, type Acted } from './action.js';
import type { Edit } from '../document/edit.js';
import type { JsonObject } from '../document/json.js';

/** Ends the network in scores for some classes: pool, flatten, Linear, as far as its output needs them. */
export function addClassifier(analysis: Analysis, classes = 10): Acted {
  const { root } = analysis.parsed.document;
  const [output] = root.outputs;
  const source = output?.source ?? (root.nodes.size > 0 ? { name: [...root.nodes.keys()].at(-1)! } : undefined);
  if (!isNamed(source)) return refuse('The network has no output yet.');
  const shape = analysis.program.outputs[0]?.value.tensor.shape ?? null;
  if (shape === null || shape.length < 2) return refuse('The shape of the output is not known, so no classifier fits it.');
  const taken = new Set<string>();
  const edits: Edit[] = [];
  let at = formatSource(source);
  let after = root.nodes.has(source.name) ? source.name : null;
  const add = (wish: string, value: JsonObject): void => {
    const name = freshName(root, wish, taken);
    taken.add(name);
    edits.push({ kind: 'insert', path: ['nodes'], key: name, value: { ...value, in: [at] }, after });
    at = name;
    after = name;
  };
  const spatial = shape.length - 2;
  if (spatial >= 1 && spatial <= 3 && shape.slice(2).some((size) => size !== 1)) add('pool', { op: `AdaptiveAvgPool${spatial}d`, in: [], output_size: 1 });
  if (spatial >= 1) add('flatten', { op: 'Flatten', in: [] });
  add('fc', { op: 'Linear', in: [], out_features: classes });
  edits.push({ kind: 'set', path: ['outputs', output === undefined ? 0 : (output.name ?? 0)], value: at });
  const parts = [spatial >= 1 ? 'pool, flatten, ' : '', `Linear ${classes}`].join('');
  return { edits, label: `Add classifier: ${parts}`, select: [at] };
}
