import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { startPython, type PythonProcess } from '../../../lib/task/backends/torch/process.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'netwright-python-'));

/** An interpreter that does as this JavaScript says, whatever file it is given. */
function interpreter(name: string, code: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!${process.execPath}\nconst say = (each) => process.stdout.write(JSON.stringify(each) + '\\n');\nconst greet = () => say({ hello: 1, python: '3.12.1', torch: '2.9.0', device: 'cpu', name: 'CPU, 2 threads', cuda: null, notes: [] });\n${code}\n`);
  chmodSync(file, 0o755);
  return file;
}

const started = async (file: string): Promise<PythonProcess> => {
  const python = await startPython(file);
  if (typeof python === 'string') throw new Error(python);
  return python;
};

describe('a Python that cannot be used says why', () => {
  test.each([
    ['has no torch', `say({ problem: "ModuleNotFoundError: No module named 'torch'", python: '3.9.2' });`, "(Python 3.9.2) cannot run PyTorch: ModuleNotFoundError: No module named 'torch'"],
    ['is too old for the file', `console.error('  File "x.py", line 3\\nSyntaxError: invalid syntax'); process.exit(1);`, 'ended with exit code 1: SyntaxError: invalid syntax'],
    ['prints something else', `console.log('Welcome to Python!'); setInterval(() => {}, 1000);`, 'wrote something that is no message: "Welcome to Python!"'],
    ['prints other JSON', `say({ id: 3 }); setInterval(() => {}, 1000);`, 'wrote something other than a greeting'],
    ['closes its output and stays', `require('fs').closeSync(1); setInterval(() => {}, 1000);`, 'closed its output'],
  ])('it %s', async (name, code, expected) => {
    expect(await startPython(interpreter(name.replaceAll(' ', '-'), code))).toBe(expected);
  });

  test('it stays silent', async () => {
    expect(await startPython(interpreter('silent', 'setInterval(() => {}, 1000);'), { seconds: 0.3 })).toBe('has not said anything for 0.3 s');
  });
});

describe('a request gets an answer whatever becomes of Python', () => {
  test.each([
    ['dies', `process.stdin.once('data', () => { console.error('Fatal Python error'); process.exit(3); });`, 'ended with exit code 3: Fatal Python error, at the request `step`'],
    ['is killed', `process.stdin.once('data', () => process.kill(process.pid, 'SIGKILL'));`, `ended by SIGKILL${process.platform === 'linux' ? ' (the system does that when memory runs out)' : ''}, at the request \`step\``],
    ['prints garbage', `process.stdin.once('data', () => console.log('tensor([1., 2.])'));`, 'wrote something that is no message: "tensor([1., 2.])", at the request `step`'],
    ['answers what was not asked', `process.stdin.once('data', () => say({ id: 99, result: null }));`, 'wrote something that was not asked for: {"id":99,"result":null}, at the request `step`'],
    ['leaves a child that holds its output', `process.stdin.once('data', () => { require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 4000)'], { stdio: ['ignore', 'inherit', 'inherit'] }); setTimeout(() => process.exit(4), 100); });`, 'ended with exit code 4, at the request `step`'],
  ])('it %s', async (name, code, expected) => {
    const file = interpreter(name.replaceAll(' ', '-'), `greet();\n${code}\nsetInterval(() => {}, 1000);`);
    const python = await started(file);
    await expect(python.ask({ do: 'step' })).rejects.toThrow(`Python (${file}) ${expected}`);
    expect(python.alive).toBe(false);
    await expect(python.ask({ do: 'weights' })).rejects.toThrow(`Python (${file}) `);
  });

  test('it refuses: the words of PyTorch come through, and Python lives on', async () => {
    const python = await started(interpreter('refuses', `greet();\nprocess.stdin.on('data', (text) => { const { id } = JSON.parse(text); say(id ? { id, result: 5 } : { id, error: 'mat1 and mat2 shapes cannot be multiplied' }); });`));
    await expect(python.ask({ do: 'step' })).rejects.toThrow('PyTorch: mat1 and mat2 shapes cannot be multiplied');
    expect((await python.ask({ do: 'step' })).result).toBe(5);
    python.close();
  });
});
