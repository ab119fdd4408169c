import { describe, expect, it } from 'vitest';
import { eachAtADesk } from './desk.js';

const session = eachAtADesk();

const design = (training: string) => `{
  "nnet": 1,
  "inputs": { "point": { "shape": ["N", 2] } },
  "nodes": {
    "fc1": { "op": "Linear", "in": ["point"], "out_features": 16 },
    "act": { "op": "ReLU", "in": ["fc1"] },
    "fc2": { "op": "Linear", "in": ["act"], "out_features": 3 }
  },
  "outputs": ["fc2"]${training === '' ? '' : `,
  "training": {
${training}
  }`}
}
`;
const two = design(`    // the one to look at
    "quick": { "dataset": "spirals", "optimizer": { "name": "sgd", "lr": 0.1 }, "steps": 60 }, // short
    "long": { "steps": 0 }`);

async function openRecipe(text: string) {
  const desk = await session.open({ text, width: 1280, height: 800 });
  await desk.node('fc1').waitFor();
  await desk.page.getByRole('button', { name: 'Recipe: how the network is trained' }).click();
  const form = desk.page.getByRole('tabpanel', { name: 'Recipe' });
  const word = (path: string) => form.locator(`[data-word="${path}"] :is(input, select)`);
  await word('steps').waitFor();
  const saved = async () => {
    await desk.page.keyboard.press('Control+s');
    await desk.page.locator('button[title="Save (Ctrl+S)"]').waitFor();
    return desk.text();
  };
  return { ...desk, form, word, saved, choice: form.getByRole('combobox', { name: 'Recipe', exact: true }) };
}

describe('the form of the recipes', () => {
  it('changes words where they stand, one step of undo each, and shows defaults as placeholders', async () => {
    const { page, word, saved, text, shot } = await openRecipe(two);
    expect(await word('optimizer.momentum').getAttribute('placeholder')).toBe('0.9');
    expect(await word('batch_size').getAttribute('placeholder')).toBe('64');
    await word('optimizer.lr').fill('0.05');
    await page.keyboard.press('Enter');
    await expect.poll(saved).toBe(two.replace('"lr": 0.1', '"lr": 0.05'));
    await word('optimizer').selectOption('adamw');
    await word('optimizer.betas').waitFor();
    await expect.poll(saved).toContain('{ "name": "adamw", "lr": 0.05 }');
    await word('optimizer.betas').fill('0.8, 0.95');
    await page.keyboard.press('Enter');
    await expect.poll(saved).toContain('"betas": [0.8, 0.95]');
    await shot('recipe');
    for (let step = 0; step < 3; step++) await page.getByRole('button', { name: 'Undo (Ctrl+Z)' }).click();
    await expect.poll(async () => (await saved(), text())).toBe(two);
    await expect.poll(() => word('optimizer.lr').inputValue()).toBe('0.1');
  });

  it('says at the field what is wrong, in what is typed and in what is written, and writes no wrong value', async () => {
    const { page, form, word, saved, choice } = await openRecipe(two);
    await word('optimizer.lr').fill('-1');
    await form.getByText('lr is -1; it takes a number above 0.').waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => word('optimizer.lr').getAttribute('aria-invalid')).toBe('true');
    await page.keyboard.press('Escape');
    await expect.poll(() => word('optimizer.lr').inputValue()).toBe('0.1');
    await choice.selectOption('long');
    await form.getByText('steps is 0; it takes an integer of at least 1').waitFor();
    const described = await word('steps').getAttribute('aria-describedby');
    expect(await page.locator(`[id="${described}"]`).innerText()).toContain('steps is 0');
    await form.getByRole('button', { name: 'Change to 300' }).click();
    await expect.poll(saved).toBe(two.replace('"steps": 0', '"steps": 300'));
    await page.getByRole('button', { name: 'Run 300 steps' }).waitFor();
  });

  it('lets Run take the recipe that is chosen, whatever is wrong with another', async () => {
    const { page, choice } = await openRecipe(two);
    const run = page.locator('.toolbar').getByRole('button', { name: 'Run', exact: false }).last();
    await expect.poll(() => run.isEnabled()).toBe(true);
    await choice.selectOption('long');
    await expect.poll(() => run.isEnabled()).toBe(false);
    await choice.selectOption('default');
    await page.getByRole('button', { name: 'Run 300 steps' }).waitFor();
    await choice.selectOption('quick');
    await page.getByRole('button', { name: 'Run this recipe' }).click();
    const panel = page.getByRole('region', { name: 'Run panel' });
    await panel.getByText('Run finished').waitFor({ timeout: 120_000 });
    await panel.locator('.run-table').getByText('quick', { exact: true }).waitFor();
  });

  it('writes the first recipe of a design by keyboard alone, renames, duplicates and deletes it', async () => {
    const bare = design('');
    const { page, form, word, saved, choice } = await openRecipe(bare);
    await form.getByText('The first change writes it into the file as the recipe quick').waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');
    const tabTo = async (name: string) => {
      for (let step = 0; step < 60 && (await focused()) !== name; step++) await page.keyboard.press('Tab');
      expect(await focused()).toBe(name);
    };
    await choice.focus();
    await tabTo('steps');
    await page.keyboard.type('40');
    await page.keyboard.press('Enter');
    await expect.poll(() => choice.inputValue()).toBe('quick');
    await expect.poll(saved).toContain('"quick": { "steps": 40 }');
    await page.getByRole('button', { name: 'Run 40 steps' }).waitFor();
    await choice.focus();
    await tabTo('Rename the recipe quick');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('Name of the recipe');
    await page.keyboard.type('short');
    await page.keyboard.press('Enter');
    await expect.poll(() => choice.inputValue()).toBe('short');
    await expect.poll(focused).toBe('Rename the recipe short');
    await tabTo('Duplicate the recipe short');
    await page.keyboard.press('Enter');
    await expect.poll(() => choice.inputValue()).toBe('short2');
    await expect.poll(saved).toContain('"short2": { "steps": 40 }');
    await tabTo('Delete the recipe short2');
    await page.keyboard.press('Enter');
    await expect.poll(() => choice.inputValue()).toBe('short');
    await expect.poll(saved).not.toContain('short2');
    expect(await word('steps').inputValue()).toBe('40');
  });
});
