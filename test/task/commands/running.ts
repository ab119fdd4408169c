import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';

/** Runs a command in this process and gathers what it says. */
export async function running(command: (args: readonly string[]) => Promise<number>, args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
  try {
    return { code: await command(args), out, err };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

/** A fresh folder with these files. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'netwright-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

/** A residual block whose branch halves the resolution and doubles the channels while the skip does neither. */
export const broken = `{
  "nnet": 1,
  "inputs": { "image": { "shape": ["N", 64, 25, 25] } },
  "nodes": {
    "conv1": { "op": "Conv2d", "in": ["image"], "out_channels": 128, "kernel_size": 3, "stride": 2, "padding": 1, "bias": false },
    "bn1":   { "op": "BatchNorm2d", "in": ["conv1"] },
    "relu1": { "op": "ReLU", "in": ["bn1"] },
    "conv2": { "op": "Conv2d", "in": ["relu1"], "out_channels": 128, "kernel_size": 3, "padding": 1, "bias": false },
    "bn2":   { "op": "BatchNorm2d", "in": ["conv2"] },
    "sum":   { "op": "Add", "in": ["bn2", "image"] }
  },
  "outputs": ["sum"]
}
`;

export const sound = `{
  "nnet": 1,
  "params": { "width": 8 },
  "inputs": { "image": { "shape": ["N", 3, 32, 32] } },
  "nodes": {
    "conv": { "op": "Conv2d", "in": ["image"], "out_channels": "=width", "kernel_size": 3, "padding": 1 },
    "relu": { "op": "ReLU", "in": ["conv"] }
  },
  "outputs": ["relu"]
}
`;
