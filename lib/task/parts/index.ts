import type { Part } from './part.js';
import { tfjsNode } from './tfjs-node.js';
import { torch } from './torch.js';
import { webgpu } from './webgpu.js';

/** What `netwright get` fetches, by name. */
export const parts = { 'tfjs-node': tfjsNode, webgpu, torch } as const satisfies Readonly<Record<string, Part>>;
export type PartName = keyof typeof parts;
export const isPartName = (name: string): name is PartName => Object.hasOwn(parts, name);

export { getPart, removePart, versionOf } from './part.js';
export type { Progress } from './part.js';
