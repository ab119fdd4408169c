/** The design file. */
export * from './apply.js';
export * from './edit.js';
export * from './json.js';
export * from './model.js';
export { parse, type Parsed } from './parse.js';
export { applyReplacements, patch } from './patch.js';
export { print, printNode, printValue } from './print.js';
export * from './problem.js';
export { formatSource, parseSource } from './source.js';
export { emptyDocument } from './write.js';
export { dtypes, isName, isNodeWord, nearest, version } from './names.js';
