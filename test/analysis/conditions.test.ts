import { describe, expect, it } from 'vitest';
import { analyze, type Analysis } from '../../lib/analysis/index.js';
import { edited, fixOf, template } from './design.js';

/** A design of an image with open height and width, or of the given input shape. */
function open(nodes: Readonly<Record<string, unknown>>, shape: readonly unknown[] = ['N', 3, 'H', 'W'], more: Readonly<Record<string, unknown>> = {}): Analysis {
  return analyze(JSON.stringify({ nnet: 1, inputs: { x: { shape }, ...more }, nodes, outputs: [Object.keys(nodes).at(-1)] }));
}
/** A template with other sizes of its image. */
const sized = (name: string, height: string, width: string): Analysis => analyze(template(name).replace(/("shape": \["N", [^,]*), [^\]]*\]/u, `$1, ${height}, ${width}]`));
const texts = (analysis: Analysis): readonly string[] => analysis.conditions.map(({ text }) => text);
const halved = { half: { op: 'MaxPool2d', in: ['x'], kernel_size: 2 }, back: { op: 'Upsample', in: ['half'], scale_factor: 2 }, sum: { op: 'Add', in: ['back', 'x'] } };

describe('conditions on named sizes', () => {
  it('a U-Net says by what its sides must be divisible, and which merges ask for it', () => {
    expect(sized('unet', '"H"', '"W"').conditions).toEqual([{
      symbols: ['H', 'W'], kind: 'divisible', value: 16, nodes: ['cat4', 'cat3', 'cat2', 'cat1'], text: 'H and W must be divisible by 16 (nearest to 100: 96, 112)', nearest: [96, 112],
    }]);
  });

  it('a network that fits every size has none', () => {
    expect(sized('residual-20', '"H"', '"W"').conditions).toEqual([]);
    expect(open({ c: { op: 'Conv2d', in: ['x'], out_channels: 8, kernel_size: 3, padding: 1 } }).conditions).toEqual([]);
  });

  it('windows ask for a least size, of each axis its own', () => {
    expect(texts(open({ c: { op: 'Conv2d', in: ['x'], out_channels: 8, kernel_size: [7, 3] } }))).toEqual(['H must be at least 7', 'W must be at least 3']);
    expect(texts(open({ c: { op: 'Conv2d', in: ['x'], out_channels: 8, kernel_size: 7 } }))).toEqual(['H and W must be at least 7']);
  });

  it('a least size stands beside a divisor only where the divisor does not say it already', () => {
    expect(texts(open(halved))).toEqual(['H and W must be divisible by 2']);
    expect(texts(open({ ...halved, c: { op: 'Conv2d', in: ['sum'], out_channels: 8, kernel_size: 7 } }))).toEqual(['H and W must be divisible by 2', 'H and W must be at least 8']);
  });

  it('reshapes, chunks and shuffles ask for divisors', () => {
    expect(texts(open({ u: { op: 'PixelUnshuffle', in: ['x'], downscale_factor: 3 } }))).toEqual(['H and W must be divisible by 3 (nearest to 100: 99, 102)']);
    expect(texts(open({ r: { op: 'Reshape', in: ['x'], shape: [-1, 12] } }, ['N', 'L']))).toEqual([]);
    expect(texts(open({ g: { op: 'GLU', in: ['x'] } }, [4, 'L']))).toEqual(['L must be divisible by 2']);
    expect(texts(open({ g: { op: 'GroupNorm', in: ['x'], num_groups: 32, affine: false } }, [4, 'C', 8, 8]))).toEqual(['C must be divisible by 32 (nearest to 100: 96, 128)']);
  });

  it('a size that a layer has in numbers must be that', () => {
    expect(texts(open({ p: { op: 'Parameter', in: [], shape: [197, 16] }, s: { op: 'Add', in: ['x', 'p'] } }, ['N', 'L', 16]))).toEqual(['L must be 197']);
    expect(texts(open({ n: { op: 'LayerNorm', in: ['x'], normalized_shape: [48] } }, ['N', 'D']))).toEqual(['D must be 48']);
  });

  it('two names that meet element by element must be equal', () => {
    expect(open({ s: { op: 'Add', in: ['x', 'y'] } }, ['N', 'L'], { y: { shape: ['N', 'M'] } }).conditions).toEqual([{ symbols: ['L', 'M'], kind: 'equal', value: 'L', nodes: ['s'], text: 'L and M must be equal' }]);
  });

  it('a name whose size follows from another\'s says how', () => {
    const nodes = { up: { op: 'Upsample', in: ['y'], scale_factor: 2 }, s: { op: 'Add', in: ['x', 'up'] } };
    expect(open(nodes, ['N', 3, 'L'], { y: { shape: ['N', 3, 'M'] } }).conditions).toEqual([{ symbols: ['L', 'M'], kind: 'related', value: '2*M', nodes: ['s'], text: 'L must be 2*M' }]);
    const window = { c: { op: 'Conv1d', in: ['x'], out_channels: 3, kernel_size: 5 }, s: { op: 'Add', in: ['c', 'y'] } };
    expect(texts(open(window, ['N', 3, 'L'], { y: { shape: ['N', 3, 'M'] } }))).toEqual(['L must be M + 4']);
    const half = { p: { op: 'MaxPool1d', in: ['x'], kernel_size: 2 }, s: { op: 'Add', in: ['p', 'y'] } };
    expect(texts(open(half, ['N', 3, 'L'], { y: { shape: ['N', 3, 'M'] } }))[0]).toMatch(/^(L must be 2\*M|L and M must go together)/u);
  });

  it('several inputs that are joined must agree axis by axis', () => {
    const more = { y: { shape: ['N', 3, 'H2', 'W2'] }, z: { shape: ['N', 3, 'H3', 'W3'] } };
    expect(texts(open({ c: { op: 'Concat', in: ['x', 'y', 'z'], dim: 1 } }, ['N', 3, 'H', 'W'], more))).toEqual(['H, H2 and H3 must be equal', 'W, W2 and W3 must be equal']);
  });

  it('a reshape that mixes axes asks for a divisor of their product', () => {
    expect(texts(open({ r: { op: 'Reshape', in: ['x'], shape: [-1, 49] } }, ['N', 'L']))).toEqual(['N*L must be divisible by 49']);
  });

  it('a slice at a place asks for at least that much', () => {
    expect(texts(open({ c: { op: 'Crop', in: ['x'], size: 20 } }))).toEqual(['H and W must be at least 20']);
  });

  it('the sizes of a valid U-Net are those that leave one remainder', () => {
    const nodes = { a: { op: 'Conv2d', in: ['x'], out_channels: 3, kernel_size: 3 }, down: { op: 'MaxPool2d', in: ['a'], kernel_size: 4 }, up: { op: 'Upsample', in: ['down'], scale_factor: 4 }, s: { op: 'Concat', in: ['up', 'a'], dim: 1 } };
    expect(texts(open(nodes))).toEqual(['H and W must leave the remainder 2 when divided by 4 (nearest to 100: 98, 102)', 'H and W must be at least 6']);
  });

  it('every size below 400 is refused or accepted as the conditions say', () => {
    for (const size of [1, 2, 15, 16, 17, 32, 48, 100, 104, 112, 160, 161, 336, 399]) {
      const wrong = sized('unet', String(size), '32').problems.filter(({ severity }) => severity === 'error').length > 0;
      expect({ size, wrong }).toEqual({ size, wrong: size % 16 !== 0 });
    }
  });
});

describe('a mismatch at sizes given as numbers', () => {
  it('says for which sizes of the input it fits, and offers the nearest', () => {
    const analysis = sized('unet', '100', '100');
    const [problem] = analysis.problems.filter(({ severity }) => severity === 'error');
    expect(problem?.explanation.at(-1)?.text).toBe('It fits when H and W of the input `image` are divisible by 16 (nearest to 100: 96, 112).');
    const fix = fixOf(problem, /^Set the input/u);
    expect(fix.title).toBe('Set the input `image` to 96 × 96');
    expect(edited(analysis, fix.edits).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('names only the side that is wrong', () => {
    const [problem] = sized('unet', '96', '40').problems.filter(({ severity }) => severity === 'error');
    expect(problem?.explanation.at(-1)?.text).toBe('It fits when W of the input `image` is divisible by 16 (nearest to 40: 32, 48).');
    expect(fixOf(problem, /^Set the input/u).title).toBe('Set the input `image` to 96 × 48');
  });

  it('sets the parameter that the input has its size from', () => {
    const analysis = analyze(template('unet').replace('"size": 256', '"size": 100'));
    const fix = fixOf(analysis.problems[0], /^Set the input/u);
    expect(fix.edits).toEqual([{ kind: 'set', path: ['params', 'size'], value: 96 }]);
  });

  it('finds sizes that no power of two gives', () => {
    const analysis = open({ u: { op: 'PixelUnshuffle', in: ['x'], downscale_factor: 7 } }, ['N', 3, 100, 100]);
    expect(fixOf(analysis.problems[0], /^Set the input/u).title).toBe('Set the input `x` to 98 × 98');
  });

  it('says nothing of sizes where none would help', () => {
    const [problem] = open({ a: { op: 'Conv2d', in: ['x'], out_channels: 8, kernel_size: 3, padding: 1 }, s: { op: 'Add', in: ['a', 'x'] } }, ['N', 3, 32, 32]).problems;
    expect(problem?.explanation.some(({ text }) => text.includes('It fits when'))).toBe(false);
  });
});
