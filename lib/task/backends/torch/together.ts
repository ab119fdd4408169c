/** Several processes that train one model, as torchrun starts them. */
export interface Together {
  /** Processes on this machine. */
  readonly nproc: number;
  /** Machines; each runs the same command. */
  readonly nnodes: number;
  /** HOST:PORT at which the machines meet. */
  readonly rendezvous?: string;
  /** Batch norms share the statistics of a batch (torch.nn.SyncBatchNorm, on GPUs). */
  readonly syncBatchNorm: boolean;
}

/** What Python runs before our file: torchrun, by its module, so that it is the interpreter's own. */
export function torchrun({ nproc, nnodes, rendezvous }: Together): readonly string[] {
  const meeting = rendezvous === undefined ? ['--standalone'] : [`--nnodes=${nnodes}`, '--rdzv-backend=c10d', '--rdzv-id=netwright', `--rdzv-endpoint=${rendezvous}`];
  return ['-m', 'torch.distributed.run', ...meeting, `--nproc-per-node=${nproc}`];
}

/** Seconds in which the processes of all machines find each other. */
export const meetingSeconds = ({ nnodes }: Together): number => (nnodes > 1 ? 1200 : 180);
