import type * as node from '@tensorflow/tfjs-node';

/** tfjs with its layers. */
export type Layers = typeof node;
type Tensor = node.SymbolicTensor;

/** The networks of the bench as somebody writes them with tf.layers, at the sizes of their quick recipes. */
export const layersNetworks: Readonly<Record<string, (tf: Layers) => node.LayersModel>> = {
  'residual-20': (tf) => {
    const { conv, norm, relu } = parts(tf);
    const image = tf.input({ shape: [8, 8, 3] });
    let x = relu(norm(conv(image, 8, 3)));
    for (const [stage, channels] of [8, 16, 32].entries())
      for (let block = 0; block < 3; block++) {
        const stride = stage > 0 && block === 0 ? 2 : 1;
        const branch = norm(conv(relu(norm(conv(x, channels, 3, stride))), channels, 3));
        const shortcut = stride === 1 ? x : (padChannels(tf, channels / 2).apply(tf.layers.maxPooling2d({ poolSize: 1, strides: 2 }).apply(x)) as Tensor);
        x = relu(tf.layers.add().apply([branch, shortcut]) as Tensor);
      }
    const pooled = tf.layers.globalAveragePooling2d({}).apply(x) as Tensor;
    return tf.model({ inputs: image, outputs: tf.layers.dense({ units: 10 }).apply(pooled) as Tensor });
  },
  unet: (tf) => {
    const { conv, norm, relu, join } = parts(tf);
    const double = (x: Tensor, channels: number): Tensor => relu(norm(conv(relu(norm(conv(x, channels, 3))), channels, 3)));
    const image = tf.input({ shape: [32, 32, 3] });
    const skips: Tensor[] = [];
    let x: Tensor = image;
    for (const channels of [8, 16, 32, 64]) {
      skips.push((x = double(x, channels)));
      x = tf.layers.maxPooling2d({ poolSize: 2, strides: 2 }).apply(x) as Tensor;
    }
    x = double(x, 128);
    for (const channels of [64, 32, 16, 8]) x = double(join([skips.pop()!, tf.layers.conv2dTranspose({ filters: channels, kernelSize: 2, strides: 2 }).apply(x) as Tensor]), channels);
    return tf.model({ inputs: image, outputs: tf.layers.conv2d({ filters: 1, kernelSize: 1 }).apply(x) as Tensor });
  },
  'dense net': (tf) => {
    const { conv, norm, relu, join } = parts(tf);
    const image = tf.input({ shape: [8, 8, 1] });
    let x = conv(image, 16, 3);
    for (let layer = 0; layer < 6; layer++) x = join([x, conv(relu(norm(conv(relu(norm(x)), 32, 1))), 8, 3)]);
    const pooled = tf.layers.globalAveragePooling2d({}).apply(relu(norm(x))) as Tensor;
    return tf.model({ inputs: image, outputs: tf.layers.dense({ units: 10 }).apply(pooled) as Tensor });
  },
};

const parts = (tf: Layers) => ({
  conv: (x: Tensor, filters: number, kernelSize: number, strides = 1): Tensor => tf.layers.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false }).apply(x) as Tensor,
  norm: (x: Tensor): Tensor => tf.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }).apply(x) as Tensor,
  relu: (x: Tensor): Tensor => tf.layers.reLU().apply(x) as Tensor,
  join: (all: Tensor[]): Tensor => tf.layers.concatenate().apply(all) as Tensor,
});

/** Zeros before and after the channels, for which tf.layers has nothing. */
function padChannels(tf: Layers, more: number): InstanceType<Layers['layers']['Layer']> {
  class PadChannels extends tf.layers.Layer {
    static readonly className = 'PadChannels';
    override computeOutputShape(shape: node.Shape): node.Shape {
      return [...shape.slice(0, 3), (shape[3] ?? 0) + more];
    }
    override call(inputs: node.Tensor | node.Tensor[]): node.Tensor {
      const [image] = [inputs].flat();
      return tf.pad(image!, [[0, 0], [0, 0], [0, 0], [more / 2, more / 2]]);
    }
  }
  return new PadChannels({});
}
