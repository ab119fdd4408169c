export * from './model.js';
export * from './picture.js';
export * from './place.js';
export * from './view.js';
export { anatomy, busGap, busInput, busStrip, stripsOf } from './size.js';
export type { Elk } from './branches.js';
export { layeredRows } from './layers.js';
