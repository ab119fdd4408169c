import type { Backend } from './backend.js';
import { openTfjs } from './tfjs/backend.js';

/** Names that `--backend` takes. */
export const backendNames = ['auto', 'tfjs', 'tfjs-node', 'wasm'] as const;

/** Opens a backend by its name; or says why it cannot be had. */
export async function openBackend(name: string): Promise<Backend | string> {
  const known = backendNames.find((each) => each === name);
  if (!known) return `--backend ${name}: there are ${backendNames.join(', ')}`;
  try {
    return await openTfjs(known);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
