import type { Block } from '../../document/model.js';
import type { Program } from '../../program/index.js';
import { formatShape } from '../../shapes/index.js';
import { call, layout, lines, type Statement } from './code.js';
import { constructorBody } from './constructor.js';
import type { ClassContext, Signature } from './context.js';
import { forwardBody } from './forward.js';
import { UNKNOWN, type ParamValue } from '../../operators/operator.js';
import { isKeyword, literal, variable } from './python.js';
import { refusedParams, refusedTogether } from './refusal.js';
import { probesOf, type Probes } from './probes.js';
import { behaviours } from './runs.js';
import type { JsonValue } from '../../document/json.js';

export interface PyTorchOptions {
  /** The design's file name, for the docstring and the name of the class. */
  readonly fileName?: string;
}

/**
 * The network as PyTorch code: one nn.Module a block, its parameters as constructor arguments, loops for repetitions. Keys of its state_dict are those of
 * the format. For a program without errors.
 */
export function exportPyTorch(program: Program, { fileName = 'network.nnet.json' }: PyTorchOptions = {}): string {
  const { document } = program;
  const probes = probesOf(program);
  const all = behaviours(program, probes);
  const signatures = new Map<Block, Signature>();
  const taken = new Set(['functools', 'nn', 'F', 'torch', 'math', 'torchvision', 'Ellipsis', 'NotImplemented', ...all.flatMap(({ block }) => [...block.params.keys()].map(variable))]);
  const rootName = classNameOf(fileName);
  const classNames = new Map<Block, string>();
  classNames.set(document.root, rootName);
  taken.add(rootName);
  for (const { block } of all) {
    if (block === document.root) continue;
    let name = variable(block.name);
    if (name === rootName) name += 'Block';
    while (taken.has(name)) name += '_';
    taken.add(name);
    classNames.set(block, name);
  }
  const own = new Map<string, string>();
  const imported = (module: string, name: string): string => {
    const path = `${module} import ${name}`;
    let local = own.get(path);
    if (local === undefined) {
      local = variable(name);
      while (taken.has(local)) local += '_';
      taken.add(local);
      own.set(path, local);
    }
    return local;
  };
  const ties = { any: false };
  const fixed = { any: false };
  const classes = all.map((behaviour) => {
    const context: ClassContext = { behaviour, imported, ties, fixed, isRoot: behaviour.block === document.root, signatures, sizes: new Map(), attributes: new Map(), variedShared: new Set(), index: false };
    const text = classText(program, probes, context, classNames.get(behaviour.block)!);
    signatures.set(behaviour.block, { className: classNames.get(behaviour.block)!, sizes: [...context.sizes.values()], index: context.index });
    return text;
  });
  const body = classes.join('\n\n\n');
  const helpers = [body.includes('share_weights(') ? `\n\n${sharing}\n` : '', ties.any ? `\n\n${once}\n` : ''].join('');
  return `"""Written by Netwright from ${fileName.replace(/["\\]/gu, '')}."""\n\n${imports(body + helpers, own)}\n${helpers}\n\n${body}\n`;
}

/** "resnet34-head.nnet.json" is the class Resnet34Head. */
export function classNameOf(fileName: string): string {
  const base = fileName.replace(/^.*[\\/]/u, '').replace(/\.nnet\.jsonc?$|\.jsonc?$/u, '');
  const name = base.split(/[^A-Za-z0-9]+/u).filter((word) => word !== '').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return name === '' || /^\d/u.test(name) || isKeyword(name) ? `Net${name}` : name;
}

const sharing = `def share_weights(module, source):
    """Makes the tensors of \`module\` those of \`source\`, by name."""
    others = dict(module.named_modules())
    for name, child in source.named_modules():
        if name in others:
            others[name]._parameters.update(child._parameters)
            others[name]._buffers = child._buffers`;

const once = `def keep_once(network, *owners):
    """A tensor that stands at two places has one key in state_dict, its owner's."""
    owner_of, others = {}, {}
    state = network.state_dict(keep_vars=True)
    for key in [*owners, *state]:
        if key in state and owner_of.setdefault(id(state[key]), key) != key:
            others[key] = owner_of[id(state[key])]
    network._register_state_dict_hook(functools.partial(leave_out, others))
    network._register_load_state_dict_pre_hook(functools.partial(put_in, others))


def leave_out(others, module, state, prefix, metadata):
    for key in others:
        state.pop(prefix + key, None)


def put_in(others, state, prefix, *_):
    for key, owner in others.items():
        if prefix + owner in state:
            state.setdefault(prefix + key, state[prefix + owner])`;

function imports(body: string, own: ReadonlyMap<string, string>): string {
  const uses = (name: string): boolean => new RegExp(`(?<![\\w.])${name}\\.`, 'u').test(body);
  const standard = ['functools', 'math'].filter(uses).map((name) => `import ${name}`);
  const first = standard.length > 0 ? `${standard.join('\n')}\n\n` : '';
  const found = [uses('torch') && 'import torch', uses('F') && 'import torch.nn.functional as F', uses('torchvision') && 'import torchvision', 'from torch import nn'].filter((line) => line !== false);
  const users = [...own].map(([path, local]) => `from ${path}${path.endsWith(` ${local}`) ? '' : ` as ${local}`}`);
  return [first + found.join('\n'), ...(users.length > 0 ? [users.join('\n')] : [])].join('\n\n');
}

function classText(program: Program, probes: Probes, context: ClassContext, name: string): string {
  const made = constructorBody(context);
  const forward = forwardBody(context);
  const attributes = [...context.attributes].map(([attribute, argument]): Statement => ({ code: `self.${attribute} = ${argument}` }));
  const last: readonly Statement[] = context.isRoot && context.ties.any ? [{ code: call('keep_once', ['self', ...ownersBehind(program).map((key) => literal(key))]) }] : [];
  const body: readonly Statement[] = [{ code: 'super().__init__()' }, ...refusedParams(context, program), ...refusedTogether(context, program, probes), ...attributes, ...made, ...last];
  const { behaviour: { block, optional } } = context;
  const inputs = [...block.inputs.keys()].map((input) => variable(input) + (optional.has(input) ? '=None' : ''));
  const own = context.sizes.size + block.params.size + (context.index ? 1 : 0) > 0 || body.length > 1;
  return [
    `class ${name}(nn.Module):`,
    ...(context.isRoot ? docstring(program) : []),
    ...(own ? [...layout({ open: 'def __init__(', items: ['self', ...constructorArguments(program, context)], close: '):' }, 4), ...lines(body, 8), ''] : []),
    ...layout({ open: 'def forward(', items: ['self', ...inputs], close: '):' }, 4),
    ...lines(forward, 8),
  ].join('\n');
}

/** Keys of tensors whose owner stands behind another that uses them: they, and not the first, are the format's. */
function ownersBehind({ nodes, weights }: Program): readonly string[] {
  const behind = nodes.flatMap((node) => node.weights.flatMap(({ key }) => ((weights.get(key)?.owner ?? node.index) > node.index ? [key] : [])));
  return [...new Set(behind)];
}

function docstring(program: Program): readonly string[] {
  const inputs = program.inputs.map(({ name, tensor }) => `${name} (${formatShape(tensor.shape)})`).join(', ');
  const outputs = program.outputs.map(({ name, value }) => `${name} (${formatShape(value.tensor.shape)})`).join(', ');
  if (inputs === '' || outputs === '') return [];
  const text = `Maps ${inputs} to ${outputs}.`;
  return text.length <= 78 ? [`    """${text}"""`, ''] : ['    """', `    Maps ${inputs}`, `    to ${outputs}.`, '    """', ''];
}

/** Sizes first, then what a use must give, then what has a default. */
function constructorArguments({ params }: Program, context: ClassContext): readonly string[] {
  const { block } = context.behaviour;
  // What the document was exported with, as by `--set`, is what its class makes unasked.
  const defaultOf = (name: string, written: JsonValue): JsonValue | ParamValue => (context.isRoot && params[name] !== undefined && params[name] !== UNKNOWN ? params[name] : written);
  const required = [...block.params].filter(([name, value]) => defaultOf(name, value) === null);
  const optional = [...block.params].filter(([name, value]) => defaultOf(name, value) !== null);
  return [
    ...[...context.sizes.values()].map(({ name }) => name),
    ...required.map(([name]) => variable(name)),
    ...optional.map(([name, value]) => `${variable(name)}=${literal(defaultOf(name, value))}`),
    ...(context.index ? ['i=0'] : []),
  ];
}
