import { cpus } from 'node:os';
import { analysisSection } from './analysis.js';
import { dataSection } from './data.js';
import { insideSection } from './inside.js';
import { layoutSection } from './layout.js';
import { startSection } from './start.js';
import { header, lineOf, type Report } from './table.js';
import { textSection } from './text.js';
import { trainingSection } from './training.js';

const sections: Readonly<Record<string, (report: Report) => Promise<void>>> = { text: textSection, analysis: analysisSection, layout: layoutSection, start: startSection, data: dataSection, training: trainingSection, inside: insideSection };

async function main(asked: readonly string[]): Promise<number> {
  const unknown = asked.filter((name) => sections[name] === undefined);
  if (unknown.length > 0) {
    console.error(`There is no section ${unknown.join(', ')}; sections are ${Object.keys(sections).join(', ')}.`);
    return 2;
  }
  const start = performance.now();
  console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'processor'}. Medians after warm-up, of processor time for text, analysis and layout, of wall time for start and training; a ratio below 1 means that ours is faster.\n\n${header}`);
  for (const [name, section] of Object.entries(sections)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    await section((row) => console.log(lineOf(row)));
  }
  console.log(`\n${Math.round((performance.now() - start) / 1000)} s`);
  return 0;
}

void main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? `${error.message.slice(0, 500)}\n${(error.stack ?? '').split('\n    at ').slice(1, 6).join('\n')}` : String(error).slice(0, 500));
    process.exit(1);
  },
);
