/** What is held against what: times in milliseconds of the same work in the same run. */
export interface Row {
  readonly what: string;
  readonly ours: number | Missing;
  readonly peer: string;
  readonly theirs: number | Missing;
  /** A step of training is printed as steps a second. */
  readonly steps?: boolean;
  /** The numbers are no times but megabytes. */
  readonly megabytes?: boolean;
}

/** Why a number cannot be had here. */
export interface Missing {
  readonly missing: string;
}

export type Report = (row: Row) => void;

export const header = `${'what'.padEnd(52)}${'ours'.padStart(14)}${'peer'.padStart(14)}${'ours/peer'.padStart(12)}  peer is`;

export function lineOf({ what, ours, peer, theirs, steps = false, megabytes = false }: Row): string {
  const reason = [ours, theirs].flatMap((each) => (typeof each === 'number' ? [] : [each.missing])).join('; ');
  const ratio = typeof ours === 'number' && typeof theirs === 'number' ? `${digits(ours / theirs)} x` : '';
  return `${what.padEnd(52)}${cell(ours, steps, megabytes).padStart(14)}${cell(theirs, steps, megabytes).padStart(14)}${ratio.padStart(12)}  ${peer}${reason && ` (not to be had: ${reason})`}`;
}

function cell(value: number | Missing, steps: boolean, megabytes: boolean): string {
  if (typeof value !== 'number') return '-';
  if (megabytes) return `${digits(value)} MB`;
  return steps ? `${digits(1000 / value)} steps/s` : `${digits(value)} ms`;
}

const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toPrecision(2));
