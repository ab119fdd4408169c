import { existsSync } from 'node:fs';
import type { JsonObject } from '../../document/json.js';
import type { Parsed } from '../../document/parse.js';
import type { Problem } from '../../document/problem.js';
import { datasetTitle } from '../../recipes/index.js';
import { plan } from '../training/plan.js';
import { placeOf } from './files.js';
import { homeOf, openPlanned } from './planned.js';
import { DataProblem, problemOf } from './problem.js';

/** What keeps the recipes of a design from being trained: what is wrong with them, and with the files that they read. Each problem has its place in the text. */
export async function preflight(parsed: Parsed, file: string, set: JsonObject): Promise<readonly Problem[]> {
  const found: Problem[] = [];
  for (const recipe of parsed.document.training.keys()) {
    const planned = plan(parsed.text, 'train', { recipe, set });
    if (!('program' in planned)) {
      // What is wrong with the network itself is said by the analysis.
      const own = planned.filter(({ place }) => place.path[0] === 'training');
      const misfits = planned.filter(({ code, place }) => place.path[0] !== 'training' && (code.startsWith('training-') || code === 'no-classifier'));
      found.push(...own, ...misfits.map((problem) => ({ ...problem, message: `Recipe ${recipe}: ${problem.message}` })));
      continue;
    }
    const { dataset, data } = planned.recipe;
    const opened = await openPlanned(planned, file);
    if (opened instanceof DataProblem) found.push(problemOf(opened, recipe));
    else if (opened) opened.close();
    else if (!existsSync(placeOf(homeOf(file), String(data['file'])).absolute)) found.push(problemOf(new DataProblem('data-missing', `There is no file ${data['file']} for ${datasetTitle(dataset, data)}.`, ['file']), recipe));
  }
  return found.map((problem) => ({ ...problem, range: rangeAround(parsed, problem) }));
}

/** The place of a problem, or the nearest thing around it that the text has. */
function rangeAround(parsed: Parsed, { place: { path, part } }: Problem): NonNullable<Problem['range']> {
  for (let length = path.length; length > 0; length--) {
    const range = parsed.rangeOf(path.slice(0, length), length === path.length ? part : undefined);
    if (range) return range;
  }
  return { start: 0, end: 0 };
}
