import tseslint from 'typescript-eslint';

/** Who may import whom (ARCHITECTURE.md). Folders of lib, each with those it may read. */
const mayImport = {
  shapes: [],
  document: ['shapes'],
  operators: ['shapes'],
  program: ['document', 'operators', 'shapes'],
  recipes: ['program', 'document', 'operators', 'shapes'],
  analysis: ['recipes', 'program', 'document', 'operators', 'shapes'],
  actions: ['recipes', 'analysis', 'program', 'document', 'operators', 'shapes'],
  language: ['recipes', 'analysis', 'program', 'document', 'operators', 'shapes'],
  session: ['actions', 'analysis', 'program', 'document', 'operators', 'shapes'],
  layout: ['analysis', 'program', 'document', 'operators', 'shapes'],
  interop: ['analysis', 'program', 'document', 'operators', 'shapes'],
  protocol: ['document', 'analysis', 'program', 'operators', 'shapes'],
};
const folders = Object.keys(mayImport);
const forbid = (patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'test/output/**', '.cache/**', '**/*.d.ts'] },
  ...tseslint.configs.recommended,
  { rules: { '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }], eqeqeq: ['error', 'always', { null: 'ignore' }], 'no-eval': 'error', 'no-implied-eval': 'error', 'no-new-func': 'error' } },
  ...folders.map((folder) => ({
    files: [`lib/${folder}/**/*.ts`],
    rules: forbid([
      { group: ['vscode', 'node:*', 'fs', 'path', '@tensorflow/*', 'react', '@xyflow/*'], message: 'lib runs everywhere: no Node, no VS Code, no DOM.' },
      ...(folder === 'layout' ? [] : [{ group: ['elkjs', 'elkjs/*'], message: 'Only lib/layout knows ELK.' }]),
      { group: ['**/extension/**', '**/webview/**', '**/task/**'], message: 'lib imports neither its hosts nor the task process.' },
      { group: folders.filter((other) => other !== folder && !mayImport[folder].includes(other)).map((other) => `**/${other}/**`), message: `lib/${folder} may import only: ${mayImport[folder].join(', ') || 'nothing'}.` },
    ]),
  })),
  { files: ['lib/protocol/**/*.ts'], rules: { '@typescript-eslint/consistent-type-imports': 'error' } },
  { files: ['lib/task/**/*.ts'], rules: forbid([{ group: ['vscode', '**/extension/**', '**/webview/**', 'react'], message: 'The task process knows neither VS Code nor the page.' }]) },
  { files: ['webview/**/*.{ts,tsx}'], rules: forbid([{ group: ['vscode', 'node:*', '**/extension/**', '**/lib/task/**'], message: 'The page imports lib only, never the task process.' }]) },
  { files: ['extension/**/*.ts'], rules: forbid([{ group: ['**/webview/**', '**/lib/task/**', 'react'], message: 'The extension imports lib only.' }, { group: ['node:*'], message: 'Only extension/node may use Node.' }]) },
  { files: ['extension/node/**/*.ts'], rules: forbid([{ group: ['**/webview/**', '**/lib/task/**', 'react'], message: 'The extension imports lib only.' }]) },
);
