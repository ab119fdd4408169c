import { bn, conv, design, relu, type Group } from './entry.js';

const plain = '"nnet": 1, "inputs": { "x": { "shape": ["N", 3, 32, 32] } }, "nodes": { "r": { "op": "ReLU", "in": ["x"] } }, "outputs": ["r"]';

export const texts: Group = {
  title: 'The text of the file',
  doc: 'What the text of a design is, before anything is computed. All of it is told at once, and what can be read is drawn.',
  entries: [
    { code: 'syntax', when: 'The text is no JSON: a comma, a quote or a bracket is missing or too many.', example: `{ ${plain} "view": {} }`, mend: 'Put the comma or bracket where the message says.' },
    { code: 'empty-file', when: 'The file has no text.', example: '', mend: 'Start from a template, or write `{ "nnet": 1 }`.' },
    { code: 'binary-file', when: 'The file holds bytes that no text has.', example: '\u0000\u0001\u0002', mend: 'This is no design; open the right file.' },
    { code: 'merge-conflict', when: 'A merge left its markers in the file.', example: `{\n<<<<<<< HEAD\n  ${plain}\n=======\n  "nnet": 1\n>>>>>>> other\n}`, mend: 'Keep one side and take the markers away.' },
    { code: 'too-deep', when: 'Lists and objects nest deeper than any design does.', example: `{ "view": ${'['.repeat(300)}${']'.repeat(300)} }`, mend: 'Take the nesting away; it was made by a program that runs wild.' },
    { code: 'too-many-problems', when: 'So much is wrong that the rest is not told.', example: `{ "nnet": 1, "inputs": { "x": { "shape": [${'-1, '.repeat(1200)}1] } } }`, mend: 'Mend the first of them; the others often follow from it.' },
    { code: 'not-an-object', when: 'The text is JSON, but no object.', example: '[1, 2, 3]', mend: 'A design is an object in braces.' },
    { code: 'duplicate-key', mend: 'Take one of the two away, or rename it.', when: 'An object has a key twice: the first one counts.', example: `{ ${plain.replace('"r": {', '"r": { "op": "GELU", "in": ["x"] }, "r": {')} }` },
    { code: 'wrong-type', when: 'Something is of another kind than the format or a parameter asks for: a text where a list is wanted, a list where a number is.', example: design({ r: { op: 'ReLU', in: 'x' } }) },
    { code: 'unknown-key', mend: 'Take it away, or write the key that was meant.', when: 'A key is none of the format. It is kept and not read.', example: design({ r: relu('x') }, { output: ['r'] }) },
    { code: 'number-too-large', when: 'A number is larger than a file can say exactly.', example: `{ ${plain.replace('"in": ["x"]', '"in": ["x"], "inplace": 1e400')} }`, mend: 'Write a number below 9,007,199,254,740,992.' },
  ],
};

export const structure: Group = {
  title: 'Version, names and what must be there',
  doc: 'The words of the format: the version, names of nodes, inputs and outputs.',
  entries: [
    { code: 'missing-version', when: 'The design does not say for which version of the format it was written.', example: '{ "inputs": { "x": { "shape": ["N", 3, 32, 32] } }, "nodes": { "r": { "op": "ReLU", "in": ["x"] } }, "outputs": ["r"] }' },
    { code: 'unsupported-version', mend: 'Open it with a version of Netwright that reads it.', when: 'The design was written for another version of the format.', example: `{ ${plain.replace('"nnet": 1', '"nnet": 7')} }` },
    { code: 'bad-name', when: 'A name has other signs than letters, digits and `_`, or starts with a digit.', example: design({ 'my conv': conv('x', 8), r: relu('x') }) },
    { code: 'reserved-name', when: 'A parameter is called like a word that expressions or nodes use themselves.', example: design({ r: relu('x') }, { params: { i: 3 } }), mend: 'Give it another name.' },
    { code: 'duplicate-name', when: 'Two things of one scope have the same name.', example: design({ x: relu('x') }), mend: 'Rename one of them.' },
    { code: 'missing-op', when: 'A node does not name its operator or block.', example: design({ a: { in: ['x'] } }), mend: 'Write `"op"`.' },
    { code: 'missing-shape', when: 'An input of the design has no shape.', example: design({ r: relu('x') }, { inputs: { x: {} } }) },
    { code: 'bad-size', when: 'A size of an input is no whole number of at least 1, no symbol and no expression.', example: design({ r: relu('x') }, { inputs: { x: { shape: ['N', 3, -1, 32] } } }) },
    { code: 'unknown-dtype', when: 'An input has an element type that PyTorch does not have.', example: design({ r: relu('x') }, { inputs: { x: { shape: ['N', 3], dtype: 'float' } } }) },
    { code: 'missing-times', when: 'A repetition does not say how often.', example: design({ r: { op: 'ReLU', in: ['x'], repeat: { shared: true } } }) },
    { code: 'block-input-shape', when: 'An input of a block is written with a shape or an element type, which other things arrive there than, or that are not read.', example: design({ b: { op: 'B', in: ['x'] } }, { blocks: { B: { inputs: { y: { shape: ['N', 5] } }, nodes: { r: relu('y') }, outputs: ['r'] } } }) },
    { code: 'no-outputs', when: 'The design names no outputs, so nothing says what it gives.', example: design({ r: relu('x') }, { outputs: [] }) },
    { code: 'unused-allowance', when: 'A node allows a warning that is not given.', example: design({ r: { op: 'ReLU', in: ['x'], allow: { broadcast: 'meant' } } }) },
    { code: 'over-budget', when: 'The design costs more than its `"budget"` allows: parameters, MACs or activation bytes.', example: design({ c: conv('x', 64) }, { budget: { params: 1000 } }) },
    { code: 'hides-operator', when: 'A block, or an operator that the design declares, has the name of an operator of PyTorch.', example: design({ a: { op: 'ReLU', in: ['x'] } }, { blocks: { ReLU: { inputs: ['y'], nodes: { s: { op: 'SiLU', in: ['y'] } }, outputs: ['s'] } } }) },
    { code: 'operator-declaration', when: 'An operator that the design declares in `"operators"` is declared wrongly.', example: design({ r: relu('x') }, { operators: { Mine: { inputs: ['y'], outputs: 3 } } }), mend: 'Write it as the message says.' },
    { code: 'declared-shape', when: 'What arrives at an operator that the design declares, or is written for it, has another size than its declaration says.', example: design({ a: { op: 'Mine', in: ['x'] } }, { operators: { Mine: { inputs: { y: { shape: ['N', 4, 'H', 'W'] } }, outputs: { output: ['N', 4, 'H', 'W'] }, python: 'mine.Mine' } } }), mend: 'Bring the tensor to the declared size, or change the declaration.' },
  ],
};

export const wires: Group = {
  title: 'Sources, blocks and repetitions',
  doc: 'What is read from where, and how blocks are used.',
  entries: [
    { code: 'unknown-operator', when: 'No operator and no block has the name. Words of Keras, Caffe and ONNX are understood, and renamed together with their parameters.', example: design({ c: { op: 'Conv2D', in: ['x'], filters: 16, kernel_size: 3, padding: 'same' } }) },
    { code: 'unknown-source', when: 'No node and no input of the scope has the name.', example: design({ conv: conv('x', 8), r: relu('convv') }) },
    { code: 'unknown-port', when: 'A source has no output of that name or number.', example: design({ c: { op: 'Chunk', in: ['x'], chunks: 3, dim: 1 }, r: relu('c.7') }) },
    { code: 'absent-port', when: 'A further output is read of a node that is not there.', example: design({ l: { op: 'LSTM', in: ['x'], hidden_size: 8, when: '=false' }, r: relu('l.h') }, { inputs: { x: { shape: [7, 2, 6] } } }) },
    { code: 'unknown-repetition', when: 'A repetition is read that there is not.', example: design({ c: { op: 'ReLU', in: ['x'], repeat: 2 }, r: relu('c[2]') }) },
    { code: 'bad-source', when: 'A source is not spelled as one.', example: design({ r: { op: 'ReLU', in: ['x..0'] } }), mend: 'Write `name`, `name.port`, `name[0]` or `name[0].port`.' },
    { code: 'missing-input', when: 'An operator or block needs more sources than are written.', example: design({ a: { op: 'Add', in: ['x'] } }) },
    { code: 'extra-input', when: 'More sources are written than are taken.', example: design({ r: { op: 'ReLU', in: ['x', 'x'] } }) },
    { code: 'constant-source', when: 'A number stands where a tensor is needed.', example: design({ r: { op: 'ReLU', in: [2] } }) },
    { code: 'cycle', when: 'Nodes read each other in a circle.', example: design({ a: { op: 'Add', in: ['x', 'b'] }, b: relu('a') }) },
    { code: 'off-unknown', when: '`off` names a source that the node does not have.', example: design({ c: conv('x', 3), s: { op: 'Add', in: ['c', 'x'], off: ['y'] } }) },
    { code: 'off-not-merge', when: '`off` stands at what is no merge.', example: design({ r: { op: 'ReLU', in: ['x'], off: ['x'] } }) },
    { code: 'off-all', when: '`off` cuts every source.', example: design({ s: { op: 'Add', in: ['x', 'x'], off: ['x'] } }) },
    { code: 'when-without-input', when: 'A node with `when` has no source that could pass on.', example: design({ p: { op: 'Parameter', shape: [3, 1, 1], when: '=true' }, a: { op: 'Add', in: ['x', 'p'] } }) },
    { code: 'invalid-repeat', when: 'A repetition is no whole number of times.', example: design({ r: { op: 'ReLU', in: ['x'], repeat: 1.5 } }) },
    { code: 'too-many-nodes', when: 'Blocks and repetitions expand to more than is computed.', example: design({ r: { op: 'ReLU', in: ['x'], repeat: 1_000_000_000 } }) },
    { code: 'recursion', when: 'A block contains itself.', example: design({ b: { op: 'B', in: ['x'] } }, { blocks: { B: { inputs: ['y'], nodes: { c: { op: 'B', in: ['y'] } }, outputs: ['c'] } } }), mend: 'Repeat the block with `repeat` instead.' },
    { code: 'nesting-depth', when: 'Blocks nest deeper than is expanded.', example: design({ b: { op: 'B0', in: ['x'] } }, { blocks: Object.fromEntries(Array.from({ length: 102 }, (_, k) => [`B${k}`, { inputs: ['y'], nodes: { c: k === 101 ? relu('y') : { op: `B${k + 1}`, in: ['y'] } }, outputs: ['c'] }])) }), mend: 'Use fewer levels of blocks.' },
    { code: 'unknown-weights', when: '`weights` names no node.', example: design({ first: bn('x'), second: { op: 'BatchNorm2d', in: ['first'], weights: 'frist' } }) },
    { code: 'weights-absent', when: 'The node whose weights are used is not there.', example: design({ a: { op: 'BatchNorm2d', in: ['x'], when: '=false' }, b: { op: 'BatchNorm2d', in: ['x'], weights: 'a' } }) },
    { code: 'weights-cycle', when: 'Nodes use each other’s weights in a circle.', example: design({ a: { op: 'BatchNorm2d', in: ['x'], weights: 'b' }, b: { op: 'BatchNorm2d', in: ['a'], weights: 'a' } }) },
    { code: 'weights-op', when: 'The weights are those of another operator.', example: design({ b: { op: 'B', in: ['x'] }, c: conv('b', 3, { weights: 'b' }) }, { blocks: { B: { inputs: ['y'], nodes: { c: conv('y', 3) }, outputs: ['c'] } } }) },
    { code: 'weights-nothing', when: 'Two nodes have no tensor in common that could be shared.', example: design({ a: { op: 'LSTM', in: ['x'], hidden_size: 6 }, b: { op: 'Linear', in: ['a'], out_features: 6, weights: 'a' } }, { inputs: { x: { shape: [7, 2, 6] } } }) },
    { code: 'weights-shape', when: 'A shared tensor would have two shapes.', example: design({ a: conv('x', 8), b: { op: 'Conv2d', in: ['a'], weights: 'a' } }) },
  ],
};
