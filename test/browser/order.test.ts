import { expect, it } from 'vitest';
import { eachAtADesk } from './desk.js';

const { open } = eachAtADesk();

const design = `{
  "nnet": 1,
  "inputs": {
    "image": { "shape": ["N", 3, 8, 8] },
    "words": {"shape":["N", 7], "dtype": "int64"}
  },
  "nodes": {
    "a": { "op": "ReLU", "in": ["image"] }, // the picture
    "b": { "op": "Embedding", "in": ["words"], "num_embeddings": 9, "embedding_dim": 4 }
  },
  "outputs": ["a", "b"]
}
`;

it.each([1600, 1280])('inputs and outputs of the network are put in another order by keyboard, a step of undo each (%i wide)', async (width) => {
  const { page, text, node, shot } = await open({ text: design, width, height: 800 });
  await node('a').waitFor();
  const focused = (): Promise<string | null> => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
  const order = (): readonly string[] => Object.keys((JSON.parse(text().replace('// the picture', '')) as { inputs: object }).inputs);
  const outputs = (): readonly string[] => (JSON.parse(text().replace('// the picture', '')) as { outputs: string[] }).outputs;
  await page.getByRole('button', { name: 'Move the input words up' }).focus();
  await page.keyboard.press('Enter');
  // It is the first now: the keyboard goes on at the button that leads back.
  await expect.poll(focused).toBe('Move the input words down');
  await page.keyboard.press('Control+s');
  await expect.poll(order).toEqual(['words', 'image']);
  expect(text()).toContain('// the picture');
  await page.getByRole('button', { name: 'Move the output 1 down' }).click();
  await page.keyboard.press('Control+s');
  await expect.poll(outputs).toEqual(['b', 'a']);
  await shot(`order-${width}`);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+s');
  await expect.poll(text).toBe(design);
});
