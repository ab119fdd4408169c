/** What a task of type `netwright` may say in tasks.json. */
export const taskType = 'netwright';

/** Commands of the task process that the extension starts as tasks. */
export const taskCommands = {
  check: { title: 'Check', detail: 'Shapes, parameters and problems of the design.', matcher: true },
  trace: { title: 'Trace', detail: 'Runs the network once, layer by layer, and compares real shapes with inferred ones.', matcher: true },
  train: { title: 'Train', detail: 'A short training run on this machine.', matcher: false },
} as const;

export type TaskCommand = keyof typeof taskCommands;

export const taskDefinition = {
  type: taskType,
  required: ['command', 'file'],
  properties: {
    command: { type: 'string', enum: Object.keys(taskCommands), enumDescriptions: Object.values(taskCommands).map((row) => row.detail), description: 'What to do with the design.' },
    file: { type: 'string', description: 'The *.nnet.json file, or a folder of them for `check`; relative to the workspace folder.' },
    set: { type: 'object', description: 'Values for the design\'s params, as `--set name=value`.', additionalProperties: { type: ['number', 'string', 'boolean'] } },
    recipe: { type: 'string', description: 'Training recipe by name: one of the file\'s `training`, or `quick`.' },
    steps: { type: 'integer', minimum: 1, description: 'Training steps, in place of the recipe\'s.' },
    seed: { type: 'integer', minimum: 0, description: 'Seed of weights and batches.' },
    backend: { type: 'string', description: 'Backend that runs the network.' },
    args: { type: 'array', items: { type: 'string' }, description: 'Further arguments of the command line.' },
  },
};

/** `FILE:LINE:COL: error: MESSAGE [CODE]`, one line a problem. */
export const problemMatcher = {
  name: 'netwright',
  label: 'Netwright problems',
  owner: 'netwright-task',
  source: 'netwright',
  applyTo: 'closedDocuments',
  fileLocation: ['autoDetect', '${workspaceFolder}'],
  pattern: { regexp: '^(.+?\\.nnet\\.json):(\\d+):(\\d+): (error|warning|hint): (.*?)(?: \\[([a-z0-9-]+)\\])?$', file: 1, line: 2, column: 3, severity: 4, message: 5, code: 6 },
};
