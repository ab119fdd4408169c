/** A residual block whose second use halves the size without a projection on its skip. */
export const mismatch = `{
  "nnet": 1,
  "inputs": { "image": { "shape": ["N", 3, 32, 32] } },
  "nodes": {
    "stem":   { "op": "Conv2d", "in": ["image"], "out_channels": 16, "kernel_size": 3, "padding": 1, "bias": false },
    "conv1":  { "op": "Conv2d", "in": ["stem"], "out_channels": 32, "kernel_size": 3, "stride": 2, "padding": 1, "bias": false }, // halves
    "bn1":    { "op": "BatchNorm2d", "in": ["conv1"] },
    "relu1":  { "op": "ReLU", "in": ["bn1"] },
    "conv2":  { "op": "Conv2d", "in": ["relu1"], "out_channels": 32, "kernel_size": 3, "padding": 1, "bias": false },
    "bn2":    { "op": "BatchNorm2d", "in": ["conv2"] },
    "sum":    { "op": "Add", "in": ["bn2", "stem"] },
    "relu2":  { "op": "ReLU", "in": ["sum"] },
    "pool":   { "op": "AdaptiveAvgPool2d", "in": ["relu2"], "output_size": 1 },
    "flatten": { "op": "Flatten", "in": ["pool"] },
    "fc":     { "op": "Linear", "in": ["flatten"], "out_features": 10 }
  },
  "outputs": ["fc"]
}
`;
