import { fetchPackages, packagesOf } from './packages.js';
import type { Part } from './part.js';

/** Dawn's own name for a system and a processor. */
const platform = `${process.platform}-${process.platform === 'darwin' ? 'universal' : process.arch}`;

export const webgpu: Part = {
  title: 'Dawn, which brings WebGPU to Node: training on the GPU of any vendor (Vulkan, Metal, Direct3D 12), without CUDA',
  size: '50 MB to download, 35 MB afterwards',
  needs: 'a GPU with a driver',
  async get(getting) {
    const packages = packagesOf('webgpu');
    // The package holds the libraries of all systems; one of them is wanted.
    await fetchPackages(packages, getting, (_, file) => !file.startsWith('dist/') || file.startsWith(`dist/${platform}/`));
    return packages[0]?.version ?? '';
  },
};
