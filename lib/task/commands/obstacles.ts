import { parse, type Parsed } from '../../document/parse.js';
import type { RunRecord } from '../../protocol/records.js';
import type { Obstacle } from '../training/plan.js';

/** One line a problem, as `check` prints them, with the fix that the editor offers. */
export function obstacleLines(file: string, text: string, obstacles: readonly Obstacle[]): readonly string[] {
  const parsed = parse(text);
  return obstacles.flatMap((obstacle) => {
    const { line, column } = position(text, parsed, obstacle);
    return [`${file}:${line}:${column}: error: ${obstacle.message} [${obstacle.code}]`, ...(obstacle.fix ? [`  fix: ${obstacle.fix}`] : [])];
  });
}

export function obstacleRecords(obstacles: readonly Obstacle[]): readonly RunRecord[] {
  return obstacles.map(({ node, code, message, fix }) => ({ type: 'problem', node, code, message: fix ? `${message} Fix: ${fix}.` : message }));
}

/** Line and column from 1; the nearest thing around a place that the text has. */
function position(text: string, parsed: Parsed, { place }: Obstacle): { readonly line: number; readonly column: number } {
  let offset = 0;
  for (let length = place.path.length; length >= 0; length--) {
    const range = parsed.rangeOf(place.path.slice(0, length), length === place.path.length ? place.part : undefined);
    if (range) {
      offset = range.start;
      break;
    }
  }
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

