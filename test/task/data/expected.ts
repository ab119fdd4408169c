import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../../support/paths.js';
import type { Wanted } from '../../../lib/task/data/dataset.js';

/** Files written by NumPy and Pillow, and what these read in them: record.py is beside them. */
export const files = path.join(root, 'test/fixtures/data');

export interface Part {
  readonly labels: readonly number[];
  readonly images: string;
  readonly floats: string;
}

interface Expected {
  readonly mnist: Readonly<Record<'train' | 't10k', Part>>;
  readonly fashion: Readonly<Record<'train' | 't10k', Part>>;
  readonly cifar10: Readonly<Record<string, { readonly labels: readonly (readonly number[])[]; readonly images: string }>>;
  readonly cifar100: Readonly<Record<string, { readonly labels: readonly (readonly number[])[]; readonly images: string }>>;
  readonly normalized: string;
  readonly pictures: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly folders: Readonly<Record<'train' | 'val', { readonly labels: readonly number[]; readonly images: string }>>;
  readonly arrays: Readonly<Record<string, string>> & { readonly classes: readonly number[]; readonly values: readonly (readonly number[])[] };
}

export const expected = JSON.parse(readFileSync(path.join(files, 'expected.json'), 'utf8')) as Expected;

export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

export const floatsOf = (text: string): Float32Array => new Float32Array(bytesOf(text).buffer);

/** Bytes as ToTensor makes them. */
export const scaledOf = (text: string): Float32Array => Float32Array.from(bytesOf(text), (value) => value / 255);

/** A copy of fixtures that a test may damage. */
export function copyOf(...names: readonly string[]): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'netwright-data-'));
  for (const name of names) cpSync(path.join(files, name), path.join(folder, name), { recursive: true });
  return folder;
}

export const images = (input: readonly number[], classes: number, more: Partial<Wanted> = {}): Wanted => ({ input, dtype: 'float32', output: [classes], loss: 'cross_entropy', ...more });

/** What opening a data set throws. */
export function problemIn(open: () => unknown): { readonly code: string; readonly message: string; readonly setting: readonly string[] } {
  try {
    open();
  } catch (error) {
    const { code, message, setting } = error as { readonly code: string; readonly message: string; readonly setting: readonly string[] };
    return { code, message, setting };
  }
  return { code: 'none', message: '', setting: [] };
}

export const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);
