/** All that draws numbers or remembers something: dropout, running statistics, momentum, a schedule, shuffling and augmentation. */
export const remembering = (optimizer: object): string =>
  JSON.stringify({
    nnet: 1,
    inputs: { x: { shape: ['N', 1, 8, 8] } },
    nodes: {
      conv: { op: 'Conv2d', in: ['x'], out_channels: 6, kernel_size: 3, padding: 1 },
      bn: { op: 'BatchNorm2d', in: ['conv'] },
      relu: { op: 'ReLU', in: ['bn'] },
      drop: { op: 'Dropout', in: ['relu'], p: 0.3 },
      flat: { op: 'Flatten', in: ['drop'] },
      fc: { op: 'Linear', in: ['flat'], out_features: 10 },
    },
    outputs: ['fc'],
    training: { quick: { dataset: 'digits', augment: { flip: true, crop: 2 }, loss: 'cross_entropy', optimizer, schedule: { name: 'cosine', warmup: 4 }, batch_size: 100, steps: 20 } },
  });
