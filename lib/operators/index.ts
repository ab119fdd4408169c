export * from './operator.js';
export { operator, operators } from './registry.js';
