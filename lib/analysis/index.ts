export * from './analysis.js';
export { analyze, createAnalysis, type AnalyzeOptions } from './analyze.js';
export { axisNames } from './axes.js';
export { withBatchOfOne } from './totals.js';
export type { MismatchFacts } from './explain.js';
export { blockOf, freshName, instanceAt, instancesOf, isNamed, nameBefore, nodePath, readersIn, scopePath, splitPath, writtenAt, type Written } from './scope.js';
export { stridesBetween } from './fixes/projection.js';
export { keyOf as findingKey, parametersOf } from './fixes/verify.js';
