import type * as core from '@tensorflow/tfjs-core';

/** The one copy of tfjs-core that the loaded backend is registered with. It is handed down, never imported, since a second copy would know no backend. */
export type TF = typeof core;
export type Tensor = core.Tensor;
export type Variable = core.Variable;
