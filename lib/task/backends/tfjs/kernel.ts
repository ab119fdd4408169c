import type { ProgramNode } from '../../../program/program.js';
import type { Random } from '../../random.js';
import type { Tensor, TF } from './tf.js';
import type { Wire } from './wire.js';

/** A parameter at run time: symbols have their sizes. */
export type RunValue = number | boolean | string | null | readonly RunValue[];

/** One application of an operator. */
export interface Call {
  readonly tf: TF;
  readonly node: ProgramNode;
  readonly p: Readonly<Record<string, RunValue>>;
  readonly inputs: readonly (Wire | null)[];
  /** Batch statistics and dropout, as nn.Module.train(). */
  readonly training: boolean;
  /** A learned tensor or buffer in PyTorch's shape, or undefined where the node has none of this name. */
  weight(name: string): Tensor | undefined;
  /** Replaces a buffer's value (running statistics). */
  update(name: string, value: Tensor): void;
  /** Random numbers of this node at this step. */
  random(): Random;
}

/** Runs an operator: a wire for each of its ports. */
export type Kernel = (call: Call) => readonly Wire[];

/** The wire that an operator cannot do without; analysis has made sure of it. */
export function required(call: Call, index = 0): Wire {
  const wire = call.inputs[index];
  if (!wire) throw new Error(`${call.node.path}: input ${index} has no value`);
  return wire;
}

export function needWeight(call: Call, name: string): Tensor {
  const weight = call.weight(name);
  if (!weight) throw new Error(`${call.node.path} has no tensor ${name}`);
  return weight;
}

export const number = (value: RunValue | undefined, otherwise: number): number => (typeof value === 'number' ? value : otherwise);
export const flag = (value: RunValue | undefined, otherwise: boolean): boolean => (typeof value === 'boolean' ? value : otherwise);
export const text = (value: RunValue | undefined, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

/** A number for every axis: 3 is [3, 3], a written tuple is itself, null or nothing is `otherwise`. */
export function tuple(value: RunValue | undefined, length: number, otherwise: number | readonly number[]): readonly number[] {
  if (typeof value === 'number') return Array.from({ length }, () => value);
  if (Array.isArray(value)) return value.length === 1 && length > 1 ? Array.from({ length }, () => value[0] as number) : (value as readonly number[]);
  return typeof otherwise === 'number' ? Array.from({ length }, () => otherwise) : otherwise;
}

/** A list of integers. */
export function list(value: RunValue | undefined): readonly number[] {
  return typeof value === 'number' ? [value] : Array.isArray(value) ? (value as readonly number[]) : [];
}
