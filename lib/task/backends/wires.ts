import type { Program, Value } from '../../program/program.js';

/** The tensor that a value is: "conv1", "lstm.1"; undefined for inputs and constants, which get no gradient. */
export function tensorName(program: Program, { origin }: Value): string | undefined {
  const path = origin.kind === 'node' ? program.nodes[origin.node]?.path : undefined;
  return path === undefined || origin.kind !== 'node' ? undefined : portName(path, origin.port);
}

export const portName = (path: string, port: number): string => (port ? `${path}.${port}` : path);

/** What reads an output of the network. */
export const outputName = (name: string): string => `output ${name}`;
