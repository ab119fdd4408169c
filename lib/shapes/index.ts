export * from './arithmetic.js';
export * from './bounds.js';
export * from './broadcast.js';
export * from './dimension.js';
export * from './evaluate.js';
export * from './format.js';
export * from './tensor.js';
export * from './window.js';
