import { blockOf, nodePath, scopePath, writtenAt, type Analysis } from '../analysis/index.js';
import { isName } from '../document/names.js';
import { formatSource } from '../document/source.js';
import { refuse, type Acted } from './action.js';
import { behind, originAt, pathIn, wirePlace } from './place.js';
import { rewired } from './rewire.js';
import type { Edit } from '../document/edit.js';
import type { JsonValue } from '../document/json.js';

/** Writes a parameter (or a word such as `when`) of a node; undefined takes it out, so that its default counts. */
export function setParam(analysis: Analysis, path: string, param: string, value: JsonValue | undefined): Acted {
  const written = writtenAt(analysis.program, path);
  if (written === undefined) return refuse(`There is no \`${path}\` in the design any more.`);
  const at = [...nodePath(written.block, written.name), param];
  return value === undefined
    ? { edits: [{ kind: 'remove', path: at }], label: `Reset ${param} of ${written.name}`, select: [path] }
    : { edits: [{ kind: 'set', path: at, value }], label: `Set ${param} of ${written.name}`, select: [path] };
}

export function unsetParam(analysis: Analysis, path: string, param: string): Acted {
  return setParam(analysis, path, param, undefined);
}

/** Why a node or input of a scope cannot have a name; undefined where it can. */
export function nameProblem(analysis: Analysis, scope: string, name: string, own?: string): string | undefined {
  const block = blockOf(analysis.parsed.document, scope);
  if (name === '') return 'A node needs a name.';
  if (!isName(name)) return 'Names are letters, digits and _, and start with no digit.';
  if (name !== own && (block?.nodes.has(name) === true || block?.inputs.has(name) === true)) return `\`${name}\` stands here already.`;
  return undefined;
}

/** Renames a node or input and every mention of it. */
export function rename(analysis: Analysis, path: string, to: string): Acted {
  const origin = originAt(analysis, path);
  if (origin === undefined) return refuse(`There is no \`${path}\` in the design any more.`);
  const wrong = nameProblem(analysis, origin.block.name, to, origin.name);
  if (wrong !== undefined) return refuse(wrong);
  const repetition = /\[\d+\]$/.exec(path)?.[0] ?? '';
  return { edits: to === origin.name ? [] : [{ kind: 'renameNode', scope: origin.block.name, from: origin.name, to }], label: `Rename ${origin.name} to ${to}`, select: [pathIn(origin.instance, to) + repetition] };
}

/** Cuts a skip at a merge, or lets it through again; `input` is the position in the merge's `in`. */
export function toggleOff(analysis: Analysis, merge: string, input: number): Acted {
  const written = writtenAt(analysis.program, merge);
  const source = written?.node.in[input];
  if (written === undefined || source === undefined || source === null) return refuse('That skip is not in the design any more.');
  const { node } = written;
  const spelled = formatSource(source);
  const path = [...nodePath(written.block, written.name), 'off'];
  if (node.off.includes(spelled)) {
    const left = node.off.filter((cut) => cut !== spelled);
    return { edits: [left.length === 0 ? { kind: 'remove', path } : { kind: 'set', path, value: left }], label: `Let ${spelled} into ${written.name} again`, select: [merge] };
  }
  const cut = new Set([...node.off, spelled]);
  if (node.in.every((other) => cut.has(formatSource(other)))) return refuse(`\`${written.name}\` needs one source that is not cut.`);
  return { edits: [{ kind: 'set', path, value: [...node.off, spelled] }], label: `Cut ${spelled} from ${written.name}`, select: [merge] };
}

/** Lets an input of a node read another layer; a missing input is added. */
export function connect(analysis: Analysis, from: string, to: { readonly path: string; readonly input: number } | { readonly scope: string; readonly output: number }, port?: string | number): Acted {
  const origin = originAt(analysis, from);
  if (origin === undefined) return refuse(`There is no \`${from}\` in the design any more.`);
  const source = formatSource(port === undefined || port === 0 ? { name: origin.name } : { name: origin.name, port });
  if ('scope' in to) {
    const place = wirePlace(analysis, to);
    const { block } = origin;
    if (origin.instance.path !== to.scope) return refuse(`\`${origin.name}\` stands in another scope.`);
    const edit: Edit = place === undefined ? { kind: 'set', path: [...scopePath(block.name), 'outputs', block.outputs.length], value: source } : { kind: 'set', path: place.path, value: source };
    return { edits: [edit], label: `Put out ${source}`, select: [from] };
  }
  const target = originAt(analysis, to.path);
  const node = target?.written?.node;
  if (target === undefined || node === undefined) return refuse(`There is no \`${to.path}\` in the design any more.`);
  if (target.instance.path !== origin.instance.path) return refuse(`\`${origin.name}\` stands in another scope than \`${target.name}\`.`);
  if (behind(origin.block, origin.name).has(target.name)) return refuse(`\`${target.name}\` stands before \`${origin.name}\`: that would be a cycle.`);
  const edits: readonly Edit[] = to.input < node.in.length ? rewired(target.block, node, to.input, source) : [{ kind: 'set', path: [...nodePath(target.block.name, node.name), 'in'], value: [...node.in.map((other) => (typeof other === 'number' || other === null ? other : formatSource(other))), source] }];
  return { edits, label: `Connect ${origin.name} to ${node.name}`, select: [to.path] };
}

/** How often a node is repeated; undefined for a node without repetition. */
export function setRepeat(analysis: Analysis, path: string, times: JsonValue | undefined): Acted {
  const written = writtenAt(analysis.program, path);
  if (written === undefined) return refuse(`There is no \`${path}\` in the design any more.`);
  if (typeof times === 'number' && (!Number.isInteger(times) || times < 0)) return refuse('A node is repeated a whole number of times.');
  const at = [...nodePath(written.block, written.name), 'repeat'];
  const repeat = written.node.repeat;
  const select = [pathIn(written.instance, written.name) + (times === undefined || times === 0 ? '' : '[0]')];
  if (times === undefined) return { edits: [{ kind: 'remove', path: at }], label: `Do not repeat ${written.name}`, select };
  const detailed = repeat !== undefined && (repeat.shared || repeat.wiring !== 'chain' || repeat.dim !== 1);
  return { edits: [{ kind: 'set', path: detailed ? [...at, 'times'] : at, value: times }], label: `Repeat ${written.name} ${typeof times === 'number' ? `${times} times` : ''}`.trim(), select };
}

/** The shape of an input of the document. */
export function setInputShape(analysis: Analysis, name: string, shape: readonly JsonValue[]): Acted {
  if (!analysis.parsed.document.root.inputs.has(name)) return refuse(`There is no input \`${name}\` in the design any more.`);
  return { edits: [{ kind: 'set', path: ['inputs', name, 'shape'], value: [...shape] }], label: `Set the shape of ${name}`, select: [name] };
}
