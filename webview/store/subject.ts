import type { Analysis } from '../../lib/analysis/analysis.js';
import type { JsonPath } from '../../lib/document/json.js';
import type { Input } from '../../lib/document/model.js';
import { parseWireKey } from '../canvas/marks.js';
import type { Instance, ProgramNode, Use, UseEach } from '../../lib/program/program.js';

/** What a path of the expanded network names. */
export type Subject =
  | { readonly kind: 'input'; readonly path: string; readonly input: Input; readonly place: JsonPath }
  | { readonly kind: 'use'; readonly path: string; readonly scope: Instance; readonly use: Use; readonly each: UseEach | undefined; readonly node: ProgramNode | undefined; readonly place: JsonPath };

/** Finds it; undefined where the analysis has no such thing. `stage1` and `stage1[2]` both name the use, the first its first repetition. */
export function subjectAt(analysis: Analysis, path: string): Subject | undefined {
  let scope = analysis.program.root;
  const parts = path.split('.');
  for (const [k, part] of parts.entries()) {
    const [, name = '', repetition] = /^([^[]*)(?:\[(\d+)\])?$/.exec(part) ?? [];
    const last = k === parts.length - 1;
    const use = scope.uses.get(name);
    if (!use) {
      const input = last && k === 0 ? scope.block.inputs.get(name) : undefined;
      return input && { kind: 'input', path, input, place: ['inputs', name] };
    }
    const each = use.each[repetition === undefined ? 0 : Number(repetition)];
    if (last || each?.kind !== 'block') {
      // A derived node ("dense.$concat") belongs to the use that it stands in.
      if (!last && !parts.slice(k + 1).every((rest) => rest.startsWith('$'))) return undefined;
      return { kind: 'use', path, scope, use, each, node: each?.kind === 'node' ? analysis.program.nodes[each.node] : undefined, place: use.place };
    }
    scope = each.instance;
  }
  return undefined;
}

/** Where in the file a path of the expanded network is written. */
export function subjectPath(analysis: Analysis, path: string): JsonPath | undefined {
  return subjectAt(analysis, path)?.place;
}

/** Whether what was selected is still there: a node, an input, or a wire of one. */
export function isThere(analysis: Analysis, selected: string): boolean {
  const wire = parseWireKey(selected);
  if (!wire) return subjectAt(analysis, selected) !== undefined;
  if (!('to' in wire)) return wire.scope === '' ? wire.output < analysis.program.outputs.length : subjectAt(analysis, wire.scope) !== undefined;
  const reader = subjectAt(analysis, wire.to);
  return reader?.kind === 'use' && wire.input < reader.use.node.in.length;
}
