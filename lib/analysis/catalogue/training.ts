import { conv, design, type Group } from './entry.js';
import type { JsonValue } from '../../document/json.js';

/** A sound network whose recipe or layer says this. */
const recipe = (quick: JsonValue): string => design({ c: conv('x', 8) }, { training: { quick } });
const layer = (words: Readonly<Record<string, JsonValue>>): string => design({ c: conv('x', 8, words) });

export const training: Group = {
  title: 'Training',
  doc: 'What a design says of its training: recipes in `"training"`, and `freeze` and `initialize` at nodes and blocks. Whether network and data fit is told when a run starts, and by `netwright check --data`.',
  entries: [
    { code: 'invalid-recipe', when: 'A recipe, or a part of it, is of another kind than it must be.', example: recipe({ freeze: 'c' }) },
    { code: 'unknown-recipe-key', when: 'A recipe, or a part of it such as its optimiser, has a word that is not read.', example: recipe({ optimiser: 'sgd' }) },
    { code: 'missing-recipe-key', when: 'A part of a recipe lacks a word that it needs: the name of an optimiser, the folder of a data set.', example: recipe({ optimizer: { lr: 0.1 } }), mend: 'Write what the message asks for.' },
    { code: 'invalid-recipe-value', when: 'A number or word of a recipe is none that is taken there.', example: recipe({ steps: 0 }) },
    { code: 'unknown-dataset', when: 'A recipe names a data set that there is not.', example: recipe({ dataset: 'digit' }) },
    { code: 'unknown-loss', when: 'A recipe names a loss that there is not.', example: recipe({ loss: 'crossentropy' }) },
    { code: 'unknown-optimizer', when: 'A recipe names an optimiser that there is not.', example: recipe({ optimizer: 'adamW' }) },
    { code: 'unknown-schedule', when: 'A recipe names a schedule that there is not.', example: recipe({ schedule: 'cosin' }) },
    { code: 'unknown-initialize', when: 'A recipe, a node or a block begins its weights in a way that there is not.', example: layer({ initialize: 'kaimng' }) },
    { code: 'invalid-freeze', when: '`freeze` at a node or block is neither true nor false.', example: layer({ freeze: 'yes' }) },
    { code: 'unknown-path', when: '`freeze` of a recipe names no node and no block, or one that has no tensors.', example: recipe({ freeze: ['cc'] }) },
  ],
};
