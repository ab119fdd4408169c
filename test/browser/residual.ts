/** Digits at 8 × 8 through one residual block and a head: a fork, a ReLU and a merge; some seconds of training. */
export const residual = (steps: number): string => `{
  "nnet": 1,
  "inputs": { "image": { "shape": ["N", 1, 8, 8] } },
  "nodes": {
    "stem":  { "op": "Conv2d", "in": ["image"], "out_channels": 8, "kernel_size": 3, "padding": 1 },
    "conv1": { "op": "Conv2d", "in": ["stem"], "out_channels": 8, "kernel_size": 3, "padding": 1, "bias": false },
    "bn1":   { "op": "BatchNorm2d", "in": ["conv1"] },
    "relu1": { "op": "ReLU", "in": ["bn1"] },
    "conv2": { "op": "Conv2d", "in": ["relu1"], "out_channels": 8, "kernel_size": 3, "padding": 1, "bias": false },
    "bn2":   { "op": "BatchNorm2d", "in": ["conv2"] },
    "sum":   { "op": "Add", "in": ["bn2", "stem"] },
    "relu2": { "op": "ReLU", "in": ["sum"] },
    "pool":  { "op": "AdaptiveAvgPool2d", "in": ["relu2"], "output_size": 1 },
    "flatten": { "op": "Flatten", "in": ["pool"] },
    "fc":    { "op": "Linear", "in": ["flatten"], "out_features": 10 }
  },
  "outputs": ["fc"],
  "training": { "quick": { "dataset": "digits", "loss": "cross_entropy", "batch_size": 32, "steps": ${steps}, "seed": 0 } }
}
`;
