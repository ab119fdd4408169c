import { layeredRows, layout, type Direction, type Elk, type Picture, type Placed } from '../../lib/layout/index.js';
import type { ElkGraph } from '../../lib/layout/branches.js';

/** Places pictures, the branching parts in a worker. A newer request makes older ones answer undefined. */
export interface Layouter {
  layout(picture: Picture, direction: Direction): Promise<Placed | undefined>;
  dispose(): void;
}

/** A worker that still works on something stale after this long is ended; starting anew is cheaper than waiting. */
const PATIENCE_MS = 500;

/** The page draws itself before the worker is started. */
const WARMING_MS = 300;

export function createLayouter(workerUrl: string | undefined): Layouter {
  const elk = createWorkerElk(workerUrl);
  let latest = 0;
  return {
    async layout(picture, direction) {
      const mine = ++latest;
      elk.hurry();
      const placed = await layout(picture, elk, direction);
      return mine === latest ? placed : undefined;
    },
    dispose: elk.dispose,
  };
}

interface WorkerElk extends Elk {
  /** Ends the worker when it has been busy for long: what it works on is stale. */
  hurry(): void;
  dispose(): void;
}

/** ELK behind a worker that is fetched once and started from a Blob, as the page's policy wants. Where it fails, plain rows stand in. */
function createWorkerElk(workerUrl: string | undefined): WorkerElk {
  const waiting = new Map<number, { readonly graph: ElkGraph; readonly since: number; readonly answer: (placed: ElkGraph) => void }>();
  let worker: Worker | undefined;
  let source: Promise<string | undefined> | undefined;
  let next = 0;

  function start(blobUrl: string): Worker {
    const started = new Worker(blobUrl);
    started.onmessage = (event: MessageEvent<{ readonly id: number; readonly placed?: ElkGraph }>) => {
      const request = waiting.get(event.data.id);
      waiting.delete(event.data.id);
      if (request === undefined) return;
      if (event.data.placed === undefined) void layeredRows.layout(request.graph).then(request.answer);
      else request.answer(event.data.placed);
    };
    started.onerror = () => end();
    return started;
  }

  /** Ends the worker; what waits for it is placed in plain rows. */
  function end(): void {
    worker?.terminate();
    worker = undefined;
    for (const request of waiting.values()) void layeredRows.layout(request.graph).then(request.answer);
    waiting.clear();
  }

  // The worker's script is large: it is read before the first branch needs it, once the page has drawn itself.
  const warming = setTimeout(() => {
    source ??= fetchBlob(workerUrl);
    void source.then((blobUrl) => {
      if (blobUrl !== undefined && warm) worker ??= start(blobUrl);
    });
  }, WARMING_MS);
  let warm = true;

  return {
    async layout(graph) {
      source ??= fetchBlob(workerUrl);
      const blobUrl = await source;
      if (blobUrl === undefined) return layeredRows.layout(graph);
      worker ??= start(blobUrl);
      const id = next++;
      return new Promise<ElkGraph>((answer) => {
        waiting.set(id, { graph, since: performance.now(), answer });
        worker!.postMessage({ id, graph });
      });
    },
    hurry() {
      for (const request of waiting.values()) if (performance.now() - request.since > PATIENCE_MS) return end();
    },
    dispose() {
      warm = false;
      clearTimeout(warming);
      end();
    },
  };
}

async function fetchBlob(url: string | undefined): Promise<string | undefined> {
  if (url === undefined) return undefined;
  try {
    const reply = await fetch(url);
    if (!reply.ok) return undefined;
    return URL.createObjectURL(new Blob([await reply.text()], { type: 'text/javascript' }));
  } catch {
    return undefined;
  }
}
