import assert from 'node:assert';
import * as vscode from 'vscode';
import { closeAll, fitting, problemsOf, until, write } from './workspace.js';

const nodes = (text: string) => `{ "nnet": 1, "inputs": { "x": { "shape": ["N", 3, 8, 8] } }, "nodes": { ${text} }, "outputs": ["a"] }\n`;

/** Texts that are no good design. Each must give a problem with a place, and leave the extension at work. */
const texts: Readonly<Record<string, string>> = {
  empty: '',
  'only spaces': '  \n\n',
  'no object': '[1, 2, 3]',
  'cut off': fitting.slice(0, 200),
  'merge conflict': fitting.replace('  "nodes"', '<<<<<<< HEAD\n  "nodes"').replace('  "outputs"', '=======\n  "outputs"').concat('>>>>>>> branch\n'),
  'deep nesting': `{ "nnet": 1, "nodes": ${'['.repeat(20_000)}${']'.repeat(20_000)} }`,
  cycle: nodes('"a": { "op": "ReLU", "in": ["b"] }, "b": { "op": "ReLU", "in": ["a"] }'),
  'self-loop': nodes('"a": { "op": "ReLU", "in": ["a"] }'),
  'unknown operator': nodes('"a": { "op": "Conv2x", "in": ["x"] }'),
  'dangling name': nodes('"a": { "op": "ReLU", "in": ["y"] }'),
  'negative size': nodes('"a": { "op": "Conv2d", "in": ["x"], "out_channels": -4, "kernel_size": 3 }'),
  'duplicate key': nodes('"a": { "op": "ReLU", "in": ["x"] }, "a": { "op": "ReLU", "in": ["x"] }'),
  'huge expression': nodes(`"a": { "op": "Conv2d", "in": ["x"], "out_channels": "=${'('.repeat(50_000)}1", "kernel_size": 3 }`),
  'a billion repetitions': nodes('"a": { "op": "ReLU", "in": ["x"], "repeat": 1000000000 }'),
};

describe('bad input', () => {
  afterEach(closeAll);

  for (const [name, text] of Object.entries(texts)) {
    it(`${name}: a problem with a place`, async () => {
      const uri = await write(`bad-${name.replaceAll(' ', '-')}.nnet.json`, text);
      await vscode.commands.executeCommand('vscode.open', uri);
      const problems = await until('a problem is shown', () => problemsOf(uri).length > 0 && problemsOf(uri));
      const document = await vscode.workspace.openTextDocument(uri);
      for (const { range } of problems) assert.ok(document.validateRange(range).isEqual(range));
      assert.strictEqual(document.getText(), text);
    });
  }

  it('10 MB: a problem within 10 s, and the next file is served', async () => {
    const layer = (k: number) => `"n${k}": { "op": "ReLU", "in": ["${k === 0 ? 'x' : `n${k - 1}`}"], "unknown_parameter": "${'y'.repeat(60)}" }`;
    const text = nodes(Array.from({ length: 80_000 }, (_, k) => layer(k)).join(',\n'));
    assert.ok(text.length > 8_000_000);
    const uri = await write('large-bad.nnet.json', text);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    await until('a problem is shown', () => problemsOf(uri).length > 0, 20_000);
    const next = await write('after.nnet.json', '{');
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(next));
    await until('the next file has its problem', () => problemsOf(next).length > 0, 20_000);
  });

  it('a binary file does not stop the extension', async () => {
    const uri = await write('binary.nnet.json', Uint8Array.from({ length: 4096 }, (_, k) => (k * 7919) % 256));
    await Promise.resolve(vscode.commands.executeCommand('vscode.open', uri)).catch(() => undefined);
    const next = await write('after-binary.nnet.json', '{');
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(next));
    await until('the next file has its problem', () => problemsOf(next).length > 0);
  });
});
