import { expect } from 'vitest';
import type { Acted } from '../../lib/actions/index.js';
import { formatShape } from '../../lib/shapes/index.js';
import type { Analysis } from '../../lib/analysis/index.js';
import { edited } from '../analysis/design.js';

/** The design after an action that must be possible. */
export function after(analysis: Analysis, action: Acted): Analysis {
  if ('refused' in action) throw new Error(action.refused);
  return edited(analysis, action.edits);
}

/** Why an action cannot be done. */
export function refusal(action: Acted): string | undefined {
  return 'refused' in action ? action.refused : undefined;
}

/** The value of a node as the file has it. */
export function node(analysis: Analysis, name: string, block?: string): unknown {
  return analysis.parsed.valueAt(block === undefined ? ['nodes', name] : ['blocks', block, 'nodes', name]);
}

export function shapeOf(analysis: Analysis, path: string): string {
  return formatShape(analysis.program.node(path)?.outputs[0]?.shape ?? null);
}

export function expectNoErrors(analysis: Analysis): void {
  expect(analysis.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([]);
}
