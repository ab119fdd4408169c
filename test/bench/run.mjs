// `npm run bench [SECTION...]`: bundles the bench with esbuild, so that the code runs as it is shipped and without a transformer's wrappers, and runs it.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const outdir = path.resolve(here, '../output/bench');
await build({
  entryPoints: { bench: path.join(here, 'bench.ts'), training: path.join(here, 'training-process.ts'), layers: path.join(here, 'layers-process.ts'), inside: path.join(here, 'inside-process.ts') },
  outdir, outExtension: { '.js': '.cjs' }, bundle: true, platform: 'node', format: 'cjs', target: 'node20', packages: 'external', sourcemap: true, logLevel: 'warning',
});
const { status } = spawnSync(process.execPath, ['--expose-gc', path.join(outdir, 'bench.cjs'), ...process.argv.slice(2)], { stdio: 'inherit', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
process.exitCode = status ?? 1;
