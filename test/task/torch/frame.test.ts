import { describe, expect, test } from 'vitest';
import { createDecoder, encode, floats, integers, pack, type Frame } from '../../../lib/task/backends/torch/frame.js';

function decoded(chunks: readonly Uint8Array[]): { readonly frames: readonly Frame[]; readonly garbage: readonly string[] } {
  const [frames, garbage]: [Frame[], string[]] = [[], []];
  const feed = createDecoder((frame) => frames.push(frame), (text) => garbage.push(text));
  for (const chunk of chunks) feed(Buffer.from(chunk));
  return { frames, garbage };
}

const tensors = new Map([
  ['a', pack({ shape: [2, 2], data: Float32Array.of(1, -2.5, 1e-30, Infinity) })],
  ['none', pack({ shape: [0, 3], data: new Float32Array() })],
  ['b', { dtype: 'int64', shape: [2], data: new Uint8Array(BigInt64Array.of(7n, -9007199254740991n).buffer) } as const],
]);

describe('messages between Node and Python', () => {
  test('come out as they went in, wherever the pipe cuts them', () => {
    const bytes = Buffer.concat([...encode({ message: { id: 1, do: 'naïve' }, tensors }), ...encode({ message: { id: 2 }, tensors: new Map() }), ...encode({ message: { id: 3 }, tensors })]);
    for (const size of [1, 2, 3, 5, 7, 64, bytes.length]) {
      const { frames, garbage } = decoded(Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size)));
      expect(garbage).toEqual([]);
      expect(frames.map(({ message }) => message)).toEqual([{ id: 1, do: 'naïve' }, { id: 2 }, { id: 3 }]);
      for (const frame of [frames[0], frames[2]] as Frame[]) {
        expect([...frame.tensors.keys()]).toEqual(['a', 'none', 'b']);
        expect(floats(frame.tensors.get('a') as never)).toEqual(Float32Array.of(1, -2.5, 1e-30, Infinity));
        expect(frame.tensors.get('none')?.data.length).toBe(0);
        expect(integers(frame.tensors.get('b') as never)).toEqual(Float64Array.of(7, -9007199254740991));
      }
    }
  });

  test('that are none are shown once, and nothing after them is read', () => {
    for (const text of ['Hello!\n', '[1]\n', 'null\n', '{"id": NaN}\n', '{"tensors": [{"name": "a", "dtype": "float16", "shape": [1]}]}\n', '{"tensors": [{"name": "a", "dtype": "float32", "shape": [-1]}]}\n', '{"tensors": 3}\n'])
      expect(decoded([Buffer.from(text), Buffer.from('{"id": 1}\n')])).toEqual({ frames: [], garbage: [text.trimEnd()] });
  });
});
