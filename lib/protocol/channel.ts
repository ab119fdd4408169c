/** One end of a boundary: a webview's port, a WebSocket, a worker. Messages arrive in the order in which they were posted. */
export interface Wire<Sent, Received> {
  post(message: Sent): void;
  /** Calls `receive` for every message from the other side; returns what ends that. */
  listen(receive: (message: Received) => void): () => void;
}

interface Typed {
  readonly type: string;
}
interface Numbered extends Typed {
  readonly id: number;
}
type OfType<M extends Typed, T extends M['type']> = Extract<M, { readonly type: T }>;
type NumberedTypes<M extends Typed> = Extract<M, Numbered>['type'];
/** A request as its caller writes it: the channel numbers it. */
type Unnumbered<M> = M extends unknown ? Omit<M, 'id'> : never;

/** Sent instead of a reply when the other side's handler threw. */
export interface Failed {
  readonly type: 'failed';
  readonly id: number;
  readonly message: string;
}

export interface Channel<Sent extends Typed, Received extends Typed> {
  send(message: Sent): void;
  /** Sends a numbered message and waits for the message of type `reply` with its number. Rejects on failure, timeout and when the channel is closed. */
  request<T extends NumberedTypes<Sent>, R extends NumberedTypes<Received>>(message: Unnumbered<OfType<Sent, T>> & { readonly type: T }, reply: R): Promise<OfType<Received, R>>;
  /** Hears every message of one type; returns what ends that. */
  on<T extends Received['type']>(type: T, handler: (message: OfType<Received, T>) => void): () => void;
  /** Answers every request of one type. What the handler throws reaches the asker as a rejection. */
  answer<T extends NumberedTypes<Received>>(type: T, handler: (request: OfType<Received, T>) => Unnumbered<Sent> | Promise<Unnumbered<Sent>>): () => void;
  /** Ends the channel: what is still awaited is rejected. */
  close(): void;
}

export interface ChannelOptions {
  /** Milliseconds that a request waits for its reply; 10 seconds unless given. */
  readonly timeout?: number;
}

interface Pending {
  readonly reply: string;
  resolve(message: unknown): void;
  reject(error: Error): void;
  readonly timer: unknown;
}

/** Opens a channel on a wire. */
export function openChannel<Sent extends Typed, Received extends Typed>(wire: Wire<Sent, Received>, { timeout = 10_000 }: ChannelOptions = {}): Channel<Sent, Received> {
  const handlers = new Map<string, Set<(message: never) => void>>();
  const pending = new Map<number, Pending>();
  let last = 0;
  let closed = false;

  const settle = (id: number): Pending | undefined => {
    const waiting = pending.get(id);
    if (waiting) {
      pending.delete(id);
      clearTimeout(waiting.timer);
    }
    return waiting;
  };

  const stop = wire.listen((message) => {
    // What crosses a process boundary is checked before it is trusted: a stray message must not end the page.
    if (typeof message !== 'object' || message === null || typeof message.type !== 'string') return;
    const { type, id } = message as Typed & { readonly id?: unknown };
    if (typeof id === 'number') {
      const waiting = pending.get(id);
      if (waiting && type === 'failed') settle(id)?.reject(new Error(String((message as unknown as Failed).message)));
      else if (waiting?.reply === type) settle(id)?.resolve(message);
    }
    for (const handler of [...(handlers.get(type) ?? [])]) handler(message as never);
  });

  const on = (type: string, handler: (message: never) => void): (() => void) => {
    const set = handlers.get(type) ?? new Set();
    handlers.set(type, set.add(handler));
    return () => set.delete(handler);
  };

  return {
    send: (message) => {
      if (!closed) wire.post(message);
    },
    request: (message, reply) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Error(`${message.type}: the connection is closed.`));
        const id = ++last;
        const timer = setTimeout(() => settle(id)?.reject(new Error(`${message.type}: no answer within ${timeout / 1000} s.`)), timeout);
        pending.set(id, { reply, resolve: resolve as (message: unknown) => void, reject, timer });
        wire.post({ ...message, id } as unknown as Sent);
      }),
    on,
    answer: (type, handler) =>
      on(type, (request: Numbered) => {
        const reply = (message: object) => {
          if (!closed) wire.post({ ...message, id: request.id } as unknown as Sent);
        };
        const fail = (error: unknown) => reply({ type: 'failed', message: error instanceof Error ? error.message : String(error) } satisfies Unnumbered<Failed>);
        try {
          void Promise.resolve(handler(request as never)).then(reply, fail);
        } catch (error) {
          fail(error);
        }
      }),
    close: () => {
      closed = true;
      stop();
      for (const id of [...pending.keys()]) settle(id)?.reject(new Error('The connection was closed.'));
      handlers.clear();
    },
  };
}
