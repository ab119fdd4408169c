import { existsSync } from 'node:fs';
import path from 'node:path';
import { packageFolder } from '../package-folder.js';

/** The file of a design as given; where there is none, the template of that name: "residual-20". */
export function designNamed(file: string): string {
  if (existsSync(file) || !/^[A-Za-z0-9_-]+$/.test(file)) return file;
  const template = path.join(packageFolder(), 'media', 'templates', `${file}.nnet.json`);
  return existsSync(template) ? template : file;
}
