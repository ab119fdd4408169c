import ELK from 'elkjs/lib/elk.bundled.js';
import type { ElkGraph } from '../../lib/layout/branches.js';

/** The layout worker: one request in, one reply out, matched by id. */
declare const self: DedicatedWorkerGlobalScope;

const elk = new ELK();

self.addEventListener('message', (event: MessageEvent<{ readonly id: number; readonly graph: ElkGraph }>) => {
  const { id, graph } = event.data;
  elk.layout(graph as Parameters<typeof elk.layout>[0]).then(
    (placed) => self.postMessage({ id, placed }),
    (error: unknown) => self.postMessage({ id, error: String(error) }),
  );
});
