import { describe, expect, it } from 'vitest';
import { addRecipe, chooseInRecipe, duplicateRecipe, isRefusal, removeRecipe, renameRecipe, setRecipeWord, type Acted } from '../../lib/actions/index.js';
import { applyReplacements, parse, patch } from '../../lib/document/index.js';
import { datasets, optimizers } from '../../lib/recipes/index.js';

const text = `{
  "nnet": 1,
  "inputs": { "x": { "shape": ["N", 2] } },
  "nodes": { "fc": { "op": "Linear", "in": ["x"], "out_features": 3 } },
  "outputs": ["fc"],
  "training": {
    // as in the paper
    "quick": { "dataset": "spirals", "optimizer": { "name": "sgd", "lr": 0.1, "momentum": 0.8 }, "steps": 60 }, // short
    "long": { "steps": 900, "optimizer": "adam", "early_stop": { "patience": 2 } }
  }
}
`;
const design = (written = text) => ({ parsed: parse(written) });

/** The text after an action, or why it is refused. */
function done(act: (given: ReturnType<typeof design>) => Acted, written = text): string {
  const given = design(written);
  const acted = act(given);
  if (isRefusal(acted)) return acted.refused;
  const patched = patch(given.parsed, acted.edits);
  return 'refused' in patched ? patched.refused : applyReplacements(written, patched);
}
const recipeOf = (written: string, name: string) => parse(written).document.training.get(name);

describe('words of a recipe', () => {
  it('a number is changed where it stands, and nothing else of the text', () => {
    expect(done((given) => setRecipeWord(given, 'quick', ['steps'], 61))).toBe(text.replace('"steps": 60', '"steps": 61'));
    expect(done((given) => setRecipeWord(given, 'quick', ['optimizer', 'lr'], 0.2))).toBe(text.replace('"lr": 0.1', '"lr": 0.2'));
  });

  it('a word that is taken out leaves the comments beside it', () => {
    expect(done((given) => setRecipeWord(given, 'quick', ['steps'], undefined))).toBe(text.replace(', "steps": 60', ''));
  });

  it('a setting of an optimizer that is written as a name keeps the name', () => {
    expect(recipeOf(done((given) => setRecipeWord(given, 'long', ['optimizer', 'lr'], 0.01)), 'long')).toMatchObject({ optimizer: { name: 'adam', lr: 0.01 } });
  });

  it('a setting of an optimizer that is not written yet brings the name that counts', () => {
    const after = done((given) => setRecipeWord(given, 'quick', ['schedule', 'warmup'], 10, { name: 'cosine' }));
    expect(recipeOf(after, 'quick')).toMatchObject({ schedule: { name: 'cosine', warmup: 10 } });
  });

  it('the last setting of a group takes the group with it, but not that of a choice its name', () => {
    expect(recipeOf(done((given) => setRecipeWord(given, 'long', ['early_stop', 'patience'], undefined)), 'long')).toEqual({ steps: 900, optimizer: 'adam' });
    const bare = done((given) => setRecipeWord(given, 'quick', ['optimizer', 'lr'], undefined));
    expect(recipeOf(bare, 'quick')).toMatchObject({ optimizer: { name: 'sgd', momentum: 0.8 } });
  });

  it('a setting of "python:FILE:FUNCTION" is changed in the object that it stands for', () => {
    const own = text.replace('"spirals"', '"python:data.py:batches"');
    expect(recipeOf(done((given) => setRecipeWord(given, 'quick', ['dataset', 'function'], 'more'), own), 'quick')).toMatchObject({ dataset: { name: 'python', file: 'data.py', function: 'more' } });
  });

  it('another optimizer keeps the settings that it has as well', () => {
    expect(recipeOf(done((given) => chooseInRecipe(given, 'quick', 'optimizer', optimizers, 'adam')), 'quick')).toMatchObject({ optimizer: { name: 'adam', lr: 0.1 } });
    expect(recipeOf(done((given) => chooseInRecipe(given, 'quick', 'optimizer', optimizers, 'adam')), 'quick')).not.toHaveProperty('optimizer.momentum');
    expect(recipeOf(done((given) => chooseInRecipe(given, 'quick', 'dataset', datasets, 'digits')), 'quick')).toMatchObject({ dataset: 'digits' });
    expect(recipeOf(done((given) => chooseInRecipe(given, 'quick', 'dataset', datasets, undefined)), 'quick')).not.toHaveProperty('dataset');
  });

  it('the first word writes a recipe into a design that has none', () => {
    const none = text.replace(/,\n {2}"training"[\s\S]*/, '\n}\n');
    expect(done((given) => setRecipeWord(given, 'quick', ['steps'], 10), none)).toBe(none.replace('["fc"]\n', '["fc"],\n  "training": {\n    "quick": { "steps": 10 }\n  }\n'));
  });

  it('a word of what is no recipe makes one of it', () => {
    expect(recipeOf(done((given) => setRecipeWord(given, 'quick', ['steps'], 10), text.replace(/"quick": \{.*\},/, '"quick": 3,')), 'quick')).toEqual({ steps: 10 });
  });
});

describe('recipes as a whole', () => {
  it('a new one is named quick where there is none of that name, else by number', () => {
    expect([...parse(done((given) => addRecipe(given))).document.training.keys()]).toEqual(['quick', 'long', 'recipe']);
    expect([...parse(done((given) => addRecipe(given), text.replace('"quick"', '"short"'))).document.training.keys()]).toEqual(['short', 'long', 'quick']);
  });

  it('a duplicate stands right behind its model and says the same', () => {
    const after = done((given) => duplicateRecipe(given, 'quick'));
    expect([...parse(after).document.training.keys()]).toEqual(['quick', 'quick2', 'long']);
    expect(recipeOf(after, 'quick2')).toEqual(recipeOf(text, 'quick'));
    expect([...parse(done((given) => duplicateRecipe(given, 'quick'), after)).document.training.keys()]).toEqual(['quick', 'quick3', 'quick2', 'long']);
  });

  it('renaming changes the name alone', () => {
    expect(done((given) => renameRecipe(given, 'quick', 'paper-1'))).toBe(text.replace('"quick"', '"paper-1"'));
    expect(done((given) => renameRecipe(given, 'quick', 'long'))).toBe('There is a recipe long already.');
    expect(done((given) => renameRecipe(given, 'quick', 'a b'))).toContain('named by letters');
  });

  it('the last one that is deleted takes the word `training` with it', () => {
    const one = done((given) => removeRecipe(given, 'long'));
    expect([...parse(one).document.training.keys()]).toEqual(['quick']);
    expect(done((given) => removeRecipe(given, 'quick'), one)).not.toContain('training');
    expect(done((given) => removeRecipe(given, 'gone'))).toBe('There is no recipe gone any more.');
  });
});
