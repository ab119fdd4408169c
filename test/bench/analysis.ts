import { analyze, withBatchOfOne, type Analysis } from '../../lib/analysis/index.js';
import { parse } from '../../lib/document/index.js';
import { classNameOf, exportPyTorch } from '../../lib/interop/pytorch/index.js';
import type { Program } from '../../lib/program/index.js';
import { processor } from './clock.js';
import { residualChain, template } from './designs.js';
import { askPython } from './peer.js';
import type { Report } from './table.js';

/** Every shape, cost, skip and problem of a network, against what PyTorch and ONNX have for shapes alone. */
export async function analysisSection(report: Report): Promise<void> {
  const nets: readonly (readonly [string, string])[] = [['resnet34', template('resnet34')], ['densenet121', template('densenet121')], ['chain of 1,001', residualChain(143)], ['chain of 10,003', residualChain(1429)]];
  for (const [name, text] of nets) {
    const { program } = analyze(text);
    const fromText = await processor(() => all(analyze(parse(text))), { seconds: 5, warmUp: 4000 });
    const what = `${name} (${program.nodes.length.toLocaleString('en')} layers)`;
    report({ what: `${what}: text to full analysis`, ours: fromText, peer: 'onnx.shape_inference, bytes to bytes', theirs: askPython('infer.py', { inputs: shapesOf(program), nodes: program.nodes.map(asOnnx(program)), outputs: outputsOf(program) }) });
    const input = program.inputs[0]!.tensor.shape!.map((dim) => (typeof dim === 'number' ? dim : 1));
    const fake = askPython('fake.py', { code: exportPyTorch(program, { fileName: 'network.nnet.json' }), name: classNameOf('network.nnet.json'), input });
    report({ what: `${what}: text to full analysis`, ours: fromText, peer: 'FakeTensorMode, first forward', theirs: fake });
  }
}

/** Derived when asked for, so all of it is. Conditions come on top where sizes are named: nobody else has them. */
const all = ({ problems, totals, skips, receptiveFields, activationBytes }: Analysis) => [problems, totals, skips, receptiveFields, activationBytes];

const shapesOf = (program: Program) => program.inputs.map(({ name, tensor }) => ({ name, shape: (tensor.shape ?? []).map((dim) => withBatchOfOne(dim)) }));
const outputsOf = (program: Program) => program.outputs.map(({ value }) => nameOf(program, value.origin));

function nameOf(program: Program, origin: Program['outputs'][number]['value']['origin']): string {
  return origin.kind === 'input' ? program.inputs[origin.input]!.name : origin.kind === 'node' ? program.nodes[origin.node]!.path : '';
}

/** A layer as infer.py reads it: the operator's name and parameters are PyTorch's, the names of ONNX are its business. */
const asOnnx = (program: Program) => (node: Program['nodes'][number]) => ({
  path: node.path,
  op: node.operator.type,
  in: node.inputs.map(({ origin }) => nameOf(program, origin)),
  params: Object.fromEntries(Object.entries(node.params).filter(([, value]) => typeof value !== 'symbol')),
  weights: node.weights.filter(({ name }) => name !== 'num_batches_tracked').map(({ key, shape }) => ({ key, shape })),
});
