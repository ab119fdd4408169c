import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { nameOf, fetchPackages, packagesOf } from './packages.js';
import type { Getting, Part } from './part.js';
import { runPip } from './pip.js';
import { runProgram } from './program.js';
import { published, registryOf } from './registry.js';
import { download } from './download.js';
import { unpack } from './tarball.js';

const folderOf = (folder: string): string => path.join(folder, 'node_modules', '@tensorflow', 'tfjs-node');

/** TensorFlow's version whose C library the addon was tried with, and the Python whose wheel holds it; no such Python is run. */
const [tensorflow, wheelPython] = ['2.15.1', '3.11'];
const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

export const tfjsNode: Part = {
  title: 'TensorFlow\'s C library for tfjs-node: five times as fast as wasm on the CPU',
  size: '150 to 300 MB to download, 400 MB to 1 GB afterwards',
  needs: 'Linux, macOS or Windows; where the prebuilt library cannot be had, Linux with python3, pip and g++',
  async get(getting) {
    const packages = packagesOf('tfjs-node').filter(({ place }) => !/^node_modules\/(@types\/|undici-types$|@webgpu\/)/.test(place));
    await fetchPackages(packages, getting, wanted);
    getting.say('the native library');
    const own = await ownInstall(getting);
    if (own !== undefined) {
      if (process.platform !== 'linux') throw new Error(`the native library of tfjs-node cannot be had: ${own}`);
      await fromWheel(getting);
      const problem = await loads(getting);
      if (problem !== undefined) throw new Error(`the native library of tfjs-node was compiled, but does not load: ${problem}`);
    }
    return packages.find(({ place }) => nameOf(place) === '@tensorflow/tfjs-node')?.version ?? '';
  },
};

/** tfjs' packages hold every kind of bundle; Node reads the one that its manifest names. */
function wanted(name: string, file: string): boolean {
  if (name.startsWith('@tensorflow/') && name !== '@tensorflow/tfjs-node') return file === 'package.json' || /^dist\/[^/]*\.node\.js$/.test(file) || file.startsWith('LICENSE');
  return !/\.(map|d\.ts)$/.test(file);
}

/** The package's own install step, which downloads a library and an addon; or why it cannot. */
async function ownInstall(getting: Getting): Promise<string | undefined> {
  const folder = folderOf(getting.folder);
  const env = { ...getting.env, ELECTRON_RUN_AS_NODE: '1', PATH: `${path.join(getting.folder, 'node_modules', '.bin')}${path.delimiter}${getting.env['PATH'] ?? ''}` };
  const problem = await runProgram(process.execPath, ['scripts/install.js'], { cwd: folder, env, timeout: 300_000, line: (line) => /^\* /.test(line) && getting.say(`the native library: ${line.slice(2, 80)}`) }).then(() => undefined, (error: unknown) => String(error instanceof Error ? error.message : error));
  return problem ?? loads(getting);
}

/** Why one operation through the addon fails. */
function loads({ folder, env }: Getting): Promise<string | undefined> {
  const code = `const u=require('util');u.isNullOrUndefined??=(v)=>v==null;u.isArray??=Array.isArray;
const tf=require('@tensorflow/tfjs-node');tf.ready().then(()=>process.exit(tf.getBackend()==='tensorflow'&&tf.ones([2,2]).slice([0,0],[1,1]).dataSync()[0]===1?0:1))`;
  return runProgram(process.execPath, ['-e', code], { cwd: folder, env: { ...env, ELECTRON_RUN_AS_NODE: '1', TF_CPP_MIN_LOG_LEVEL: '3' }, timeout: 120_000 }).then(() => undefined, (error: unknown) => String(error instanceof Error ? error.message : error));
}

/** TensorFlow's library and headers out of its wheel for Python, and the addon compiled from the package's own sources. */
async function fromWheel(getting: Getting): Promise<void> {
  const { downloads, env, say } = getting;
  const folder = folderOf(getting.folder);
  mkdirSync(downloads, { recursive: true });
  const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const platforms = ['2_17', '2_27', '2_28'].flatMap((glibc) => ['--platform', `manylinux_${glibc}_${architecture}`]);
  const wheel = (): string | undefined => readdirSync(downloads).find((name) => name.endsWith('.whl'));
  const name = `tensorflow-cpu${process.arch === 'arm64' ? '-aws' : ''}==${tensorflow}`;
  await runPip('python3', ['download', '--no-deps', '--only-binary=:all:', '--python-version', wheelPython, '-d', downloads, ...platforms, name], `TensorFlow ${tensorflow}`, env, say);
  const unpacked = path.join(downloads, 'wheel');
  rmSync(unpacked, { recursive: true, force: true });
  const script = `import sys,zipfile
z=zipfile.ZipFile(sys.argv[1]); i='tensorflow/include/'
keep=tuple(i+d for d in ('tensorflow/c/','tensorflow/core/platform/','tensorflow/tsl/','tsl/','xla/tsl/'))+tuple('tensorflow/'+l for l in sys.argv[3:])
z.extractall(sys.argv[2],[n for n in z.namelist() if n.startswith(keep)])`;
  await runProgram('python3', ['-c', script, path.join(downloads, wheel() ?? ''), unpacked, ...libraries], { env });
  rmSync(path.join(folder, 'deps'), { recursive: true, force: true });
  mkdirSync(path.join(folder, 'deps', 'lib'), { recursive: true });
  mkdirSync(path.join(folder, 'lib', 'napi-v8'), { recursive: true });
  for (const name of libraries) renameSync(path.join(unpacked, 'tensorflow', name), path.join(folder, 'deps', 'lib', name));
  say('compiling the addon');
  await runProgram(
    'g++',
    [
      ...['-shared', '-fPIC', '-O2', '-std=gnu++17', '-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding', `-I${await nodeHeaders(getting)}`, `-I${path.join(unpacked, 'tensorflow', 'include')}`],
      ...['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc', '-o', 'lib/napi-v8/tfjs_binding.node', '-Ldeps/lib', ...libraries.map((name) => `-l:${name}`), '-Wl,-rpath,$ORIGIN/../../deps/lib'],
    ],
    { cwd: folder, env },
  );
}

/** The folder of node_api.h: of this Node, of the system, or out of the package that npm has of this version. Its interface is the same in all of them. */
async function nodeHeaders({ downloads, env, say }: Getting): Promise<string> {
  for (const prefix of [path.resolve(process.execPath, '../..'), '/usr', '/usr/local']) if (existsSync(path.join(prefix, 'include', 'node', 'node_api.h'))) return path.join(prefix, 'include', 'node');
  const registry = await registryOf(env);
  if (typeof registry !== 'string') throw new Error(registry.problem);
  const [name, version] = [`node-linux-${process.arch}`, process.versions.node];
  const { tarball, integrity } = await published(registry, name, version, env);
  const file = path.join(downloads, `${name}-${version}.tgz`);
  await download(tarball, file, { integrity, env, progress: (bytes, total) => say(`headers of Node ${version}`, bytes, total) });
  unpack(file, path.join(downloads, name), (inner) => inner.startsWith('include/node/'));
  const folder = path.join(downloads, name, 'include', 'node');
  if (!/napi_/.test(readFileSync(path.join(folder, 'node_api.h'), 'utf8'))) throw new Error(`${name} ${version} has no headers`);
  return folder;
}
