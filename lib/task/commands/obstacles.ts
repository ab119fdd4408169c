import { parse, type Parsed } from '../../document/parse.js';
import type { RunRecord } from '../../protocol/records.js';
import type { Problem } from '../../document/problem.js';
import { classifierFix } from '../../recipes/index.js';

/** One line a problem, as `check` prints them, with the fix that the editor offers. */
export function obstacleLines(file: string, text: string, obstacles: readonly Problem[]): readonly string[] {
  const parsed = parse(text);
  return obstacles.flatMap((obstacle) => {
    const { line, column } = position(text, parsed, obstacle);
    return [`${file}:${line}:${column}: ${obstacle.severity}: ${obstacle.message} [${obstacle.code}]`, ...fixesOf(obstacle).map((title) => `  fix: ${title}`)];
  });
}

export function obstacleRecords(obstacles: readonly Problem[]): readonly RunRecord[] {
  return obstacles.map((obstacle) => ({ type: 'problem', node: obstacle.node, code: obstacle.code, message: [obstacle.message, ...fixesOf(obstacle).map((title) => `Fix: ${title}.`)].join(' ') }));
}

const fixesOf = ({ code, fixes }: Problem): readonly string[] => (code === 'no-classifier' ? [classifierFix] : fixes.map(({ title }) => title));

/** Line and column from 1; the nearest thing around a place that the text has. */
function position(text: string, parsed: Parsed, { place, range: own }: Problem): { readonly line: number; readonly column: number } {
  let offset = own?.start ?? 0;
  for (let length = place.path.length; !own && length >= 0; length--) {
    const range = parsed.rangeOf(place.path.slice(0, length), length === place.path.length ? place.part : undefined);
    if (range) {
      offset = range.start;
      break;
    }
  }
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

