/** Settings by key. All of them say what a run starts and how, so a workspace that is not trusted may not set them. */
export const settings = {
  'netwright.python': {
    type: 'string',
    default: '',
    scope: 'machine-overridable',
    description: 'The Python with PyTorch for runs on the backend torch. Empty: the one of VIRTUAL_ENV, else the first on the PATH. The interpreter that is chosen in the Python extension comes before all of them, where it has PyTorch.',
  },
  'netwright.backend': {
    type: 'string',
    enum: ['auto', 'tfjs-node', 'tfjs-webgpu', 'wasm', 'torch'],
    default: 'auto',
    scope: 'machine-overridable',
    description: 'Where networks are trained and traced. auto: the fastest that is here and has the memory, by what "Netwright: Doctor" measured.',
  },
  'netwright.device': {
    type: 'string',
    default: '',
    scope: 'machine-overridable',
    description: 'The device of the backend: cuda, mps, xpu or cpu for torch, the name of a GPU for tfjs-webgpu. Empty: the first that computes.',
  },
  'netwright.torch.autocast': {
    type: 'string',
    enum: ['off', 'bfloat16', 'float16'],
    default: 'off',
    scope: 'machine-overridable',
    description: 'PyTorch computes in half precision where that is safe. The numbers are other ones then.',
  },
  'netwright.torch.channelsLast': { type: 'boolean', default: false, scope: 'machine-overridable', description: 'Images lie in PyTorch\'s memory with their channels last, which convolutions on recent GPUs are made for.' },
  'netwright.torch.compile': { type: 'boolean', default: false, scope: 'machine-overridable', description: 'torch.compile: the first step takes long, later ones are faster.' },
  'netwright.torch.tf32': { type: 'boolean', default: false, scope: 'machine-overridable', description: 'TensorFloat-32 in matrix products and convolutions on NVIDIA\'s GPUs: faster, with ten bits of precision.' },
} as const;
