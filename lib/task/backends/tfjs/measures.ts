import type { Program } from '../../../program/program.js';
import type { Measured } from '../backend.js';
import { createReadings, measuringTaps, type Taps } from './taps.js';
import type { Tensor, TF, Variable } from './tf.js';

/** What one step shows: taps for its passes, then its parameters before and after the update, then the numbers. */
export interface Measures {
  readonly taps: Taps;
  /** Called before the update; what it answers is called after it. */
  parameters(gradients: ReadonlyMap<string, Tensor>, learned: ReadonlyMap<string, Variable>): () => void;
  read(): Promise<Measured>;
}

export function createMeasures(tf: TF, program: Program): Measures {
  const readings = createReadings(tf);
  const { taps, measured } = measuringTaps(tf, program, readings);
  const parameters: Record<string, { gradient: number; update: number }> = {};
  const norm = (tensor: Tensor): Tensor => tf.sqrt(tf.sum(tf.square(tensor)));
  return {
    taps,
    parameters(gradients, learned) {
      const before = [...learned].flatMap(([key, variable]) => {
        const gradient = gradients.get(key);
        return gradient ? [{ key, gradient, variable, value: tf.clone(variable) as Tensor }] : [];
      });
      return () => {
        for (const { key, gradient, variable, value } of before) {
          const parameter = (parameters[key] = { gradient: NaN, update: NaN });
          readings.add(() => norm(gradient), (found) => (parameter.gradient = found));
          readings.add(() => tf.div(norm(tf.sub(variable, value)), norm(value)), (found) => (parameter.update = found));
          value.dispose();
        }
      };
    },
    async read() {
      await readings.read();
      return { ...measured, parameters };
    },
  };
}
