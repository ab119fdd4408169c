import { describe, expect, it } from 'vitest';
import { openChannel, type Wire } from '../../lib/protocol/channel.js';

type Ask = { readonly type: 'ask'; readonly id: number; readonly value: number } | { readonly type: 'hello' };
type Answer = { readonly type: 'answered'; readonly id: number; readonly value: number } | { readonly type: 'told'; readonly text: string };

/** Two ends of one wire, as a webview and its host have them. */
function pair(): [Wire<Ask, Answer>, Wire<Answer, Ask>] {
  const toHost = new Set<(m: Ask) => void>();
  const toPage = new Set<(m: Answer) => void>();
  const listen = <M>(set: Set<(m: M) => void>) => (receive: (m: M) => void) => {
    set.add(receive);
    return () => set.delete(receive);
  };
  return [
    { post: (m) => queueMicrotask(() => toHost.forEach((f) => f(m))), listen: listen(toPage) },
    { post: (m) => queueMicrotask(() => toPage.forEach((f) => f(m))), listen: listen(toHost) },
  ];
}

describe('a channel', () => {
  it('gives each request the reply with its number, whatever the order', async () => {
    const [page, host] = pair();
    const asking = openChannel(page);
    const answering = openChannel(host);
    answering.answer('ask', async ({ value }) => {
      await new Promise((done) => setTimeout(done, value === 1 ? 20 : 0));
      return { type: 'answered', value: value * 10 };
    });
    const replies = await Promise.all([1, 2].map((value) => asking.request({ type: 'ask', value }, 'answered')));
    expect(replies.map((r) => r.value)).toEqual([10, 20]);
  });

  it('rejects a request whose handler throws, with its message', async () => {
    const [page, host] = pair();
    const asking = openChannel(page);
    openChannel(host).answer('ask', () => {
      throw new Error('no such layer');
    });
    await expect(asking.request({ type: 'ask', value: 1 }, 'answered')).rejects.toThrow('no such layer');
  });

  it('rejects a request that nobody answers in time', async () => {
    const [page] = pair();
    const asking = openChannel(page, { timeout: 10 });
    await expect(asking.request({ type: 'ask', value: 1 }, 'answered')).rejects.toThrow('ask: no answer within 0.01 s.');
  });

  it('rejects what is still awaited when it closes, and sends nothing afterwards', async () => {
    const [page, host] = pair();
    let heard = 0;
    openChannel(host).on('hello', () => heard++);
    const asking = openChannel(page);
    const waiting = asking.request({ type: 'ask', value: 1 }, 'answered');
    asking.close();
    asking.send({ type: 'hello' });
    await expect(waiting).rejects.toThrow('closed');
    await expect(asking.request({ type: 'ask', value: 2 }, 'answered')).rejects.toThrow('closed');
    expect(heard).toBe(0);
  });

  it('passes messages to every listener of their type until it is ended', async () => {
    const [page, host] = pair();
    const heard: string[] = [];
    const channel = openChannel(page);
    const end = channel.on('told', ({ text }) => heard.push(text));
    const other = openChannel(host);
    other.send({ type: 'told', text: 'a' });
    await Promise.resolve();
    await Promise.resolve();
    end();
    other.send({ type: 'told', text: 'b' });
    await Promise.resolve();
    await Promise.resolve();
    expect(heard).toEqual(['a']);
  });

  it('ignores what is no message', () => {
    let receive: (m: unknown) => void = () => undefined;
    openChannel({ post: () => undefined, listen: (r: (m: never) => void) => ((receive = r as never), () => undefined) });
    for (const junk of [null, 7, 'x', {}, { type: 3 }, []]) expect(() => receive(junk)).not.toThrow();
  });
});
