export * from './build.js';
export { declaredOperators, operatorIn } from './declared.js';
export * from './evaluate.js';
export * from './expression.js';
export * from './program.js';
export * from './symbolic.js';
