/** One number (or pair, list, word or switch) that a recipe may write; the schema and the reader take everything from here. */
export interface Setting {
  readonly kind: 'number' | 'integer' | 'pair' | 'numbers' | 'channels' | 'choice' | 'flag' | 'path';
  readonly doc: string;
  /** null: nothing, unless it is written. */
  readonly default: number | boolean | string | readonly [number, number] | null;
  /** It has no default and must be written. */
  readonly required?: boolean;
  /** The words of a choice. */
  readonly choices?: readonly string[];
  /** Least value accepted; `above` where the bound itself is refused. */
  readonly min?: number;
  readonly above?: number;
  /** Greatest value accepted; `below` where the bound itself is refused. */
  readonly max?: number;
  readonly below?: number;
}

/** A named choice of a recipe (an optimiser, a schedule) with its settings. */
export interface Choice {
  readonly doc: string;
  readonly settings: Readonly<Record<string, Setting>>;
}

/** What a setting accepts, in words: "a number of at least 0 and below 1". */
export function wanted(setting: Setting): string {
  if (setting.kind === 'choice') return (setting.choices ?? []).join(', ').replace(/, ([^,]*)$/, ' or $1');
  const noun = { number: 'a number', integer: 'an integer', pair: 'a list of two numbers', numbers: 'a list of numbers', channels: 'a number or a list of numbers', flag: 'true or false', path: 'a text' }[setting.kind];
  const bounds = [
    setting.min === undefined ? '' : `of at least ${setting.min}`,
    setting.above === undefined ? '' : `above ${setting.above}`,
    setting.max === undefined ? '' : `of at most ${setting.max}`,
    setting.below === undefined ? '' : `below ${setting.below}`,
  ].filter(Boolean);
  return bounds.length ? `${noun} ${bounds.join(' and ')}` : noun;
}

/** Whether a value fits a setting. */
export function fits(setting: Setting, value: unknown): boolean {
  if (setting.kind === 'flag') return typeof value === 'boolean';
  if (setting.kind === 'choice') return typeof value === 'string' && (setting.choices ?? []).includes(value);
  if (setting.kind === 'numbers') return (value === null && setting.default === null) || (Array.isArray(value) && value.length > 0 && value.every((each) => inBounds(setting, each)));
  if (setting.kind === 'path') return typeof value === 'string' && value.trim() !== '';
  if (setting.kind === 'channels') return Array.isArray(value) ? value.length > 0 && value.every((each) => inBounds(setting, each)) : inBounds(setting, value);
  if (setting.kind === 'pair') return Array.isArray(value) && value.length === 2 && value.every((each) => inBounds(setting, each));
  return inBounds(setting, value) && (setting.kind === 'number' || Number.isSafeInteger(value));
}

function inBounds(setting: Setting, value: unknown): boolean {
  return (
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (setting.min === undefined || value >= setting.min) &&
    (setting.above === undefined || value > setting.above) &&
    (setting.max === undefined || value <= setting.max) &&
    (setting.below === undefined || value < setting.below)
  );
}
