import { loadTfjs } from '../../lib/task/backends/tfjs/load.js';
import { answerTurns, runRacer } from './answer-turns.js';
import { layersNetworks, type Layers } from './layers-networks.js';
import { prepare } from './prepared.js';
import { analyze } from '../../lib/analysis/index.js';

/** Batches of one fit, so that what a fit costs beside its steps counts little. */
const batches = 4;

/** `layers.cjs NETWORK`: steps of tfjs-layers' own fit on tfjs-node, on a network written by hand with tf.layers and the batch that ours gets. */
runRacer(async ([name = '']) => {
  const { planned, data } = prepare(name);
  const { recipe, set } = planned;
  const tf = (await loadTfjs('tfjs-node')).tf as unknown as Layers;
  const model = layersNetworks[name]!(tf);
  const learned = model.trainableWeights.reduce((sum, { shape }) => sum + shape.reduce<number>((all, size) => all * (size ?? 1), 1), 0);
  const { params } = analyze(planned.parsed, { set }).totals;
  if (learned !== params) throw new Error(`another network: ${learned} parameters instead of ${params}`);
  const { optimizer } = recipe;
  const loss = (right: unknown, output: unknown) => (recipe.loss === 'cross_entropy' ? tf.losses.softmaxCrossEntropy(right as never, output as never) : tf.losses.sigmoidCrossEntropy(right as never, output as never));
  model.compile({ optimizer: optimizer.name === 'sgd' ? tf.train.momentum(optimizer.lr, optimizer.momentum) : tf.train.adam(optimizer.lr), loss: loss as never });
  const batch = data.batch(0);
  const upload = ({ shape, data: values }: { readonly shape: readonly number[]; readonly data: Float32Array | Int32Array }) => tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32');
  const image = tf.transpose(upload(batch.inputs[0]!), [0, 2, 3, 1]);
  const answer = upload(batch.target);
  const right = recipe.loss === 'cross_entropy' ? tf.cast(tf.oneHot(tf.cast(answer, 'int32') as never, 10), 'float32') : tf.transpose(tf.reshape(answer, [answer.shape[0]!, 1, ...image.shape.slice(1, 3)] as number[]), [0, 2, 3, 1]);
  const many = (one: typeof image) => tf.concat(Array.from({ length: batches }, () => one), 0);
  const [xs, ys] = [many(image), many(right)];
  await answerTurns(async () => {
    const start = performance.now();
    await model.fit(xs, ys, { batchSize: image.shape[0]!, epochs: 1, shuffle: false, verbose: 0, yieldEvery: 'never' });
    return (performance.now() - start) / batches;
  });
});
