/** Settings by key. All of them name programs that a run starts, so a workspace that is not trusted may not set them. */
export const settings = {
  'netwright.python': {
    type: 'string',
    default: '',
    scope: 'machine-overridable',
    description: 'The Python with PyTorch for runs on the backend torch. Empty: the one of VIRTUAL_ENV, else the first on the PATH.',
  },
} as const;
