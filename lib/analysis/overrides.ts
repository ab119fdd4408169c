import { buildProgram } from '../program/build.js';
import type { AnalyzeOptions } from './analyze.js';
import type { JsonValue } from '../document/json.js';
import type { Document } from '../document/model.js';
import type { Step } from '../document/problem.js';
import type { LocatedFinding } from '../program/program.js';

/**
 * Tells which problems come from values given from outside (`--set depth=21`) alone: the file is right, so nothing in it is to be mended. Undefined
 * where nothing is given that the file has otherwise.
 */
export function overridesOf(document: Document, { set = {} }: AnalyzeOptions): { step(finding: LocatedFinding): Step | undefined } | undefined {
  const other = Object.entries(set).filter(([name, value]) => document.root.params.has(name) && JSON.stringify(document.root.params.get(name)) !== JSON.stringify(value));
  if (other.length === 0) return undefined;
  let known: ReadonlySet<string> | undefined;
  const text = (pairs: readonly (readonly [string, JsonValue | undefined])[]): string => pairs.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(', ');
  return {
    step(finding) {
      known ??= new Set(buildProgram(document).findings.map(keyOf));
      return known.has(keyOf(finding)) ? undefined : { text: `It is so with ${text(other)} as given; the file has ${text(other.map(([name]) => [name, document.root.params.get(name)]))}.` };
    },
  };
}

const keyOf = ({ code, node, param, input }: LocatedFinding): string => `${code} ${node} ${param ?? ''} ${input ?? ''}`;
