/**
 * Netwright as a library: it reads, checks and changes designs without VS Code, a page or a backend.
 *
 * @example
 * const analysis = analyze(parse(text));
 * for (const { code, node, message } of analysis.problems) console.log(code, node, message);
 */
export { apply, applyReplacements, parse, parseSource, formatSource, patch, print } from './document/index.js';
export type { Block, Document, Edit, Fix, JsonPath, JsonValue, Node, Parsed, Problem, Refusal, Replacement, Severity, Source, TextRange } from './document/index.js';
export { operator, operators } from './operators/index.js';
export type { Operator } from './operators/index.js';
export { buildProgram } from './program/index.js';
export type { Program, ProgramNode } from './program/index.js';
export { analyze, createAnalysis } from './analysis/index.js';
export type { Analysis, Skip, Totals } from './analysis/index.js';
export { evaluateDim, formatDim, formatShape } from './shapes/index.js';
export type { Dim, Shape, Tensor } from './shapes/index.js';
export { createSession } from './session/index.js';
export type { Session } from './session/index.js';
export { exportPyTorch } from './interop/pytorch/index.js';
