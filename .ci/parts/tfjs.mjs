import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { cache, inPackages, nodeHeaders, root, run } from '../machine.mjs';

const tensorflow = '2.15.1';
/** It only picks a wheel; no such Python is run. */
const wheelPython = '3.11';
const library = path.join(cache, `tf-capi-${tensorflow}-${process.arch}`);
const folder = inPackages('@tensorflow/tfjs-node');
/** @param {...string} parts */
const inFolder = (...parts) => path.join(folder, ...parts);

/** One operation through the addon. Newer Nodes lack two functions that tfjs-node calls. */
const probe = `const u=require('util');u.isNullOrUndefined??=(v)=>v==null;u.isArray??=Array.isArray;
const tf=require('@tensorflow/tfjs-node');tf.ready().then(()=>process.exit(tf.getBackend()==='tensorflow'&&tf.ones([2,2]).slice([0,0],[1,1]).dataSync()[0]===1?0:1))`;

const isThere = () => existsSync(folder) && spawnSync(process.execPath, ['-e', probe], { cwd: root, stdio: 'ignore', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } }).status === 0;

/** The package's own install step, which downloads a library and an addon; false where it cannot. */
async function ownInstall() {
  rmSync(inFolder('deps'), { recursive: true, force: true });
  try {
    const env = { PATH: inPackages('.bin') + path.delimiter + (process.env.PATH ?? '') };
    await run(process.execPath, ['scripts/install.js'], { cwd: folder, env, timeout: 180_000, title: 'download of the native library' });
    return isThere();
  } catch {
    return false;
  }
}

/** TensorFlow's C library and headers out of the tensorflow-cpu wheel. */
async function fetchLibrary() {
  if (existsSync(path.join(library, 'libtensorflow_cc.so.2'))) return;
  const temporary = `${library}.${process.pid}`;
  const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const wheel = `tensorflow-cpu${process.arch === 'arm64' ? '-aws' : ''}==${tensorflow}`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const platforms = ['2_17', '2_27', '2_28'].flatMap((glibc) => ['--platform', `manylinux_${glibc}_${architecture}`]);
  await run('python3', ['-m', 'pip', 'download', '-q', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--python-version', wheelPython, '-d', temporary, ...platforms, wheel], { title: 'TensorFlow library' });
  const unpack = `import sys,zipfile
z=zipfile.ZipFile(sys.argv[1]); i='tensorflow/include/'
keep=tuple(i+d for d in ('tensorflow/c/','tensorflow/core/platform/','tensorflow/tsl/','tsl/','xla/tsl/'))+('tensorflow/libtensorflow_cc.so.2','tensorflow/libtensorflow_framework.so.2')
z.extractall(sys.argv[2],[n for n in z.namelist() if n.startswith(keep)])`;
  await run('python3', ['-c', unpack, path.join(temporary, readdirSync(temporary).find((name) => name.endsWith('.whl')) ?? ''), temporary], { title: 'TensorFlow library' });
  rmSync(library, { recursive: true, force: true });
  renameSync(path.join(temporary, 'tensorflow'), library);
  rmSync(temporary, { recursive: true, force: true });
}

/** Lays the library out as the addon looks for it, and compiles the addon from the npm package's own sources. */
async function compile() {
  rmSync(inFolder('deps'), { recursive: true, force: true });
  mkdirSync(inFolder('deps/lib'), { recursive: true });
  mkdirSync(inFolder('lib/napi-v8'), { recursive: true });
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
  for (const name of libraries) symlinkSync(path.join(library, name), inFolder('deps/lib', name));
  const includes = [path.join(await nodeHeaders(), 'include/node'), path.join(library, 'include')].map((place) => `-I${place}`);
  const flags = ['-shared', '-fPIC', '-O2', '-std=gnu++17', '-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding'];
  const sources = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc', '-o', 'lib/napi-v8/tfjs_binding.node'];
  const links = ['-Ldeps/lib', ...libraries.map((name) => `-l:${name}`), '-Wl,-rpath,$ORIGIN/../../deps/lib'];
  await run('g++', [...flags, ...includes, ...sources, ...links], { cwd: folder, title: 'compiling the addon' });
}

/** The native library of tfjs-node. Without it Netwright trains on wasm. */
export const tfjs = {
  title: 'native library of tfjs-node',
  needs: ['packages', 'python', 'compiler'],
  isThere,
  async make() {
    // Where the library was compiled once, the download is known not to work here.
    if (!existsSync(library) && (await ownInstall())) return;
    if (process.platform !== 'linux') throw new Error(`Its download failed, and there is no other way on ${process.platform}.`);
    await fetchLibrary();
    await compile();
    if (!isThere()) throw new Error('It was compiled, but does not load.');
  },
};
