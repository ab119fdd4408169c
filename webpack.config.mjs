import path from 'node:path';
import { fileURLToPath } from 'node:url';
import MiniCssExtractPlugin from 'mini-css-extract-plugin';

const root = path.dirname(fileURLToPath(import.meta.url));

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
      { test: /\.ttf$/, type: 'asset/resource', generator: { filename: '[name][ext]' } },
    ],
  },
  performance: { hints: false },
  stats: 'errors-warnings',
});

/** Native packages are loaded at run time from the checkout or the extension's storage, never bundled. */
const native = { '@tensorflow/tfjs-node': 'commonjs @tensorflow/tfjs-node', webgpu: 'commonjs webgpu' };

export default (_env, argv) => {
  const base = bundle(argv.mode ?? 'production');
  const node = { ...base, target: 'node20' };
  return [
    { ...node, name: 'extension', entry: { extension: './extension/extension.ts' }, output: { ...base.output, library: { type: 'commonjs2' } }, externals: { vscode: 'commonjs vscode', ...native } },
    { ...node, name: 'netwright', entry: { netwright: './lib/task/main.ts' }, output: { ...base.output, library: { type: 'commonjs2' }, chunkFilename: 'netwright-[name].js' }, externals: { ...native, bufferutil: 'commonjs bufferutil', 'utf-8-validate': 'commonjs utf-8-validate' } },
    { ...base, name: 'lib', target: ['web', 'es2022'], entry: { lib: './lib/index.ts' }, experiments: { outputModule: true }, output: { ...base.output, filename: '[name].mjs', library: { type: 'module' } } },
    { ...base, name: 'worker', target: 'webworker', entry: { 'layout-worker': './webview/worker/layout.ts' } },
    { ...base, name: 'webview', target: 'web', entry: { editor: './webview/editor.tsx', run: './webview/run.tsx' }, plugins: [new MiniCssExtractPlugin({ filename: '[name].css' })] },
  ];
};
