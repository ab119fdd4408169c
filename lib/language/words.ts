/** What each word of the format means, in one sentence; the schema and hover say these. */
export const documentWords = {
  nnet: 'Version of the file format: 1.',
  params: 'Parameters of the design with their defaults. `--set name=value` and the `set` of a recipe change them.',
  inputs: 'What goes in: for each input its shape and, unless it is float32, its dtype.',
  nodes: 'The layers, by name. Each names in `in` what it reads; the order in the file is free.',
  outputs: 'What comes out: a list of sources, or an object that names them.',
  blocks: 'Parts that are used again and again: each has parameters, inputs, nodes and outputs of its own.',
  operators: 'Operators of this design: each has typed inputs, parameters and outputs, and stands for a Python class of yours.',
  training: 'Recipes for training runs, by name. Run uses `quick`.',
  budget: 'Limits that the design must keep: `params`, `macs` (of one example) and `activation_bytes`. Beyond one of them stands an error.',
  view: 'What was placed by hand on the canvas. It changes nothing in the network.',
} as const;

export const budgetWords = {
  params: 'The most learned parameters.',
  macs: 'The most multiply-accumulates for one example.',
  activation_bytes: 'The most bytes that the outputs of all layers take for one example.',
} as const;

export const blockWords = {
  params: 'Parameters of the block with their defaults; the default gives the type, and null means that each use must give a value.',
  inputs: 'Names of what the block reads.',
  nodes: documentWords.nodes,
  outputs: documentWords.outputs,
  view: documentWords.view,
} as const;

/** Words of an entry of `operators`. */
export const declaredWords = {
  doc: 'What it does, in a sentence.',
  inputs: 'What it reads: shapes by name ({ "x": ["N", "L", "C"] }), or names alone for any shapes. A symbol is bound by the size that arrives; "..." stands for any leading axes; an object gives "shape", "dtype" and "optional".',
  params: 'Parameters with their defaults: the default gives the type; null is a number that must be given; "=C" follows from the sizes that arrive.',
  outputs: 'What it puts out: a list of shapes, or shapes by name, in symbols of the inputs and in expressions ("=C * ratio").',
  python: 'The class that it stands for, "module.Class": a torch.nn.Module whose constructor takes the parameters by name. Runs import it from the design\'s folder.',
  parameters: 'How many learned scalars it has: a number or an expression; none unless written. A run with PyTorch checks it.',
  macs: 'How many multiply-accumulates a pass takes: a number or an expression; none unless written.',
} as const;

export const declaredParamWords = {
  type: 'integer, number, flag, text or list; what the default is, unless written.',
  default: 'The value where it is not written; without a default it must be. Null passes None.',
  min: 'The least value.',
  max: 'The greatest value.',
  choices: 'The texts that it may be.',
  doc: 'What it means, in a sentence.',
} as const;

export const inputWords = {
  shape: 'Sizes of the axes: whole numbers, symbols such as "N" (written twice, it is one size) or expressions over the parameters ("=size").',
  dtype: 'Type of the elements; float32 unless written.',
} as const;

export const nodeWords = {
  op: 'The operator or block that stands here.',
  in: 'What it reads, in order: `name`, `name.port`, `name[k]`, a number, or null for an optional input left out.',
  weights: 'Path of the node whose weights this one uses, from its own scope downward: "bn1", "stage1[0].bn1".',
  when: 'A condition. Where it is false, the node is not there and its first source passes through.',
  off: 'Sources of a merge that are cut, spelled as in `in`.',
  repeat: 'How often it stands here, one after the other. `i` is the number of the repetition, from 0.',
  allow: 'Codes of warnings that are meant here, each with the reason.',
  freeze: 'Its weights stay as they begin, and those of all that stands in it; a norm uses its running statistics. false leaves out one of a frozen block.',
  initialize: 'How its weights begin, and those of all that stands in it, in place of what the recipe says.',
  note: 'Kept for a later version.',
} as const;

export const repeatWords = {
  times: 'How many repetitions; 0 passes its input through.',
  shared: 'All repetitions have one set of weights.',
  wiring: 'chain: each reads what the one before it made. dense: each reads everything that was made before it; a repetition whose `when` is false is left out of that.',
  dim: 'Axis along which dense wiring concatenates; 1 unless written.',
} as const;

export const recipeWords = {
  dataset: 'Data set that the run reads.',
  augment: 'How images are changed before the network sees them; the same on every backend.',
  loss: 'What the run makes smaller.',
  optimizer: 'How the weights are changed.',
  schedule: 'How the learning rate changes from step to step.',
  initialize: 'How the weights begin.',
  clip: 'Makes large gradients smaller before the update: by their norm or by value.',
  freeze: 'Paths of nodes and blocks whose weights stay as they begin: "stem", "stage1[0]", "*.bn1" (* stands for anything but a dot). A frozen norm keeps and uses its running statistics.',
  early_stop: 'Ends the run when nothing becomes better.',
  set: 'Parameters of the document that the recipe changes, for example a smaller width.',
} as const;

/** Functions of expressions. */
export const functionWords = {
  dim: 'dim(source, axis): size of an axis of an input or of one of this node\'s own sources; a negative axis counts from the end.',
  min: 'min(a, b, ...): the smallest.',
  max: 'max(a, b, ...): the largest.',
  floor: 'floor(x): the next whole number below.',
  ceil: 'ceil(x): the next whole number above.',
  round: 'round(x): the nearest whole number.',
} as const;
