/** What a text editor can say of a design file. */
export { complete, type Completion } from './complete.js';
export { hover, type Hover } from './hover.js';
export { printSchema, schema } from './schema.js';
