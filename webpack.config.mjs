import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EsbuildPlugin } from 'esbuild-loader';
import MiniCssExtractPlugin from 'mini-css-extract-plugin';
import webpack from 'webpack';

const root = path.dirname(fileURLToPath(import.meta.url));

/** A script of a page is wrapped in a function; a module keeps its exports only when it is told to be one. */
const minifier = (options = {}) => new EsbuildPlugin({ target: 'es2022', css: true, ...options });

/** What every bundle shares: esbuild only transpiles; types are checked by `tsc -b`. */
const bundle = (mode) => ({
  mode,
  context: root,
  devtool: mode === 'production' ? false : 'source-map',
  output: { path: path.join(root, 'dist') },
  resolve: { extensions: ['.ts', '.tsx', '.js'], extensionAlias: { '.js': ['.ts', '.tsx', '.js'] } },
  module: {
    rules: [
      { test: /\.tsx?$/, loader: 'esbuild-loader', options: { target: 'es2022', jsx: 'automatic', tsconfigRaw: { compilerOptions: { jsx: 'react-jsx', verbatimModuleSyntax: true } } } },
      { test: /\.css$/, use: [MiniCssExtractPlugin.loader, 'css-loader'] },
      { test: /\.(ttf|wasm)$/, type: 'asset/resource', generator: { filename: '[name][ext]' } },
    ],
  },
  optimization: { minimizer: [minifier()] },
  performance: { hints: false },
  stats: 'errors-warnings',
});

/** Native packages are loaded at run time from the checkout or the extension's storage, never bundled. */
const native = { '@tensorflow/tfjs-node': 'commonjs @tensorflow/tfjs-node', webgpu: 'commonjs webgpu' };

/** Puts files of packages beside the bundles, under their own names. */
const copies = (files) => ({
  apply(compiler) {
    compiler.hooks.thisCompilation.tap('copies', (compilation) => {
      compilation.hooks.processAssets.tap({ name: 'copies', stage: webpack.Compilation.PROCESS_ASSETS_STAGE_ADDITIONAL }, () => {
        for (const file of files) compilation.emitAsset(path.basename(file), new webpack.sources.RawSource(readFileSync(path.join(root, file))));
      });
    });
  },
});

/** The command starts by its own name on every shell: a first line that names Node, and the right to be run. */
const command = (name) => [
  new webpack.BannerPlugin({ banner: '#!/usr/bin/env node', raw: true, test: new RegExp(`^${name.replace('.', '\\.')}$`) }),
  { apply: (compiler) => compiler.hooks.afterEmit.tap('command', (compilation) => chmodSync(path.join(compilation.outputOptions.path, name), 0o755)) },
];

const wasm = ['', '-simd'].map((kind) => `node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm${kind}.wasm`);

/** The tests that run in the extension host: `--env suite`. */
const suite = (node) => ({
  ...node,
  name: 'suite',
  entry: { suite: './test/vscode/suite/run.ts' },
  output: { path: path.join(root, 'test/output/suite'), library: { type: 'commonjs2' } },
  externals: { vscode: 'commonjs vscode', mocha: 'commonjs mocha' },
});

export default (env, argv) => {
  const base = bundle(argv.mode ?? 'production');
  const node = { ...base, target: 'node20', node: { __dirname: false, __filename: false } };
  if (env.suite) return suite(node);
  return [
    { ...node, name: 'extension', entry: { extension: './extension/extension.ts' }, output: { ...base.output, library: { type: 'commonjs2' } }, externals: { vscode: 'commonjs vscode', ...native } },
    {
      ...node,
      name: 'netwright',
      entry: { netwright: './lib/task/main.ts', 'netwright-data': './lib/task/data/worker.ts' },
      output: { ...base.output, library: { type: 'commonjs2' }, chunkFilename: 'netwright-[name].js', clean: { keep: (file) => !/^netwright-.*\.js(\.map)?$/.test(file) } },
      externals: { ...native, bufferutil: 'commonjs bufferutil', 'utf-8-validate': 'commonjs utf-8-validate' },
      plugins: [copies(wasm), ...command('netwright.js')],
    },
    { ...base, name: 'lib', target: ['web', 'es2022'], entry: { lib: './lib/index.ts' }, experiments: { outputModule: true }, output: { ...base.output, filename: '[name].mjs', library: { type: 'module' } }, optimization: { minimizer: [minifier({ format: 'esm' })] } },
    { ...base, name: 'worker', target: 'webworker', entry: { 'layout-worker': './webview/worker/layout.ts' } },
    { ...base, name: 'webview', target: 'web', entry: { editor: './webview/editor.tsx' }, plugins: [new MiniCssExtractPlugin({ filename: '[name].css' })] },
  ];
};
