// Before a package is made: bundles and the types that `exports` names.
import { buildIfStale } from './build.mjs';
import { install } from './install.mjs';
import { inPackages, run } from './machine.mjs';

const problem = await install('packages');
if (problem !== undefined) process.exit(1);
await buildIfStale();
await run(process.execPath, [inPackages('typescript/bin/tsc'), '-b', 'lib'], { title: 'Types' });
