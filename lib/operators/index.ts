export * from './operator.js';
export { reference } from './reference.js';
export { operator, operators } from './registry.js';
