import type { Together } from './together.js';

/** Devices that PyTorch may be asked for. */
export const torchDevices = ['cuda', 'mps', 'xpu', 'cpu'] as const;

/** How PyTorch computes; what is left out is as PyTorch does it by itself, in float32. */
export interface TorchOptions {
  /** Forward passes and losses in half precision, where PyTorch finds that safe. */
  readonly autocast?: 'bfloat16' | 'float16';
  /** Images lie in memory with their channels last. */
  readonly channelsLast?: boolean;
  /** torch.compile: seconds at the first step, faster ones afterwards. */
  readonly compile?: boolean;
  /** TensorFloat-32 in matrix products and convolutions on NVIDIA's GPUs. */
  readonly tf32?: boolean;
  /** Several processes under torchrun. */
  readonly together?: Together;
}

/** The options of NETWRIGHT_TORCH, in which VS Code hands on its settings; what is no option is left out. */
export function settledOptions(env: NodeJS.ProcessEnv): TorchOptions {
  try {
    const { autocast, channelsLast, compile, tf32 } = JSON.parse(env['NETWRIGHT_TORCH'] ?? '{}') as Readonly<Record<string, unknown>>;
    return {
      ...((autocast === 'bfloat16' || autocast === 'float16') && { autocast }),
      ...(channelsLast === true && { channelsLast }),
      ...(compile === true && { compile }),
      ...(tf32 === true && { tf32 }),
    };
  } catch {
    return {};
  }
}

/** The options as netwright_torch.py reads them. */
export const torchSettings = ({ autocast, channelsLast, compile, tf32, together }: TorchOptions): Readonly<Record<string, unknown>> => ({
  ...(autocast && { autocast }),
  ...(channelsLast && { channels_last: true }),
  ...(compile && { compile: true }),
  ...(tf32 && { tf32: true }),
  ...(together?.syncBatchNorm && { sync_batchnorm: true }),
});

/** "bfloat16 autocast, channels last"; empty where there is nothing to say. */
export function describeOptions({ autocast, channelsLast, compile, tf32, together }: TorchOptions): string {
  return [autocast && `${autocast} autocast`, channelsLast && 'channels last', compile && 'compiled', tf32 && 'TF32', together?.syncBatchNorm && 'SyncBatchNorm'].filter(Boolean).join(', ');
}
