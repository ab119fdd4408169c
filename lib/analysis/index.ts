export * from './analysis.js';
export { analyze, createAnalysis, type AnalyzeOptions } from './analyze.js';
export { axisNames } from './axes.js';
export { withBatchOfOne } from './totals.js';
export type { MismatchFacts } from './explain.js';
