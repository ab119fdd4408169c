import type { InputSpec, Operator, ParamSpec, ParamValue } from './operator.js';
import { operators } from './registry.js';

/** The operator reference as Markdown, made from the tables alone. */
export function reference(): string {
  const all = [...operators.values()];
  const families = [...new Set(all.map(({ family }) => family))];
  return `${[
    '# Operators',
    'This page is made from the operator tables; `UPDATE=1 npm run unit -- test/operators/reference` writes it again. '
      + 'Operators have PyTorch’s names, parameters and defaults. Tensors are channels first; axes count from 0, negative ones from the end. '
      + 'A parameter marked *inferred* follows from the input: where it is written, it is checked. What can be wrong with a design stands on [a page of its own](problems.md).',
    families.map((family) => `- ${family}: ${all.filter((each) => each.family === family).map(({ type }) => `[${type}](#${type.toLowerCase()})`).join(', ')}`).join('\n'),
    ...families.flatMap((family) => [`## ${family}`, ...all.filter((each) => each.family === family).map(section)]),
  ].join('\n\n')}\n`;
}

function section(op: Operator): string {
  const traits = [
    op.merge === 'add' ? 'Skips end here (added).' : op.merge === 'concat' ? 'Skips end here (concatenated).' : op.merge === 'gate' ? 'Skips end here (as a gate).' : '',
    op.reference === undefined ? '' : `[PyTorch](https://pytorch.org/docs/stable/generated/${op.reference})`,
  ].filter((word) => word !== '');
  const lines = [`### ${op.type}`, [op.doc, ...traits].join(' '), `Inputs: ${op.inputs.length === 0 ? 'none' : op.inputs.map(inputText).join(', ')}. Outputs: ${outputsText(op)}.`];
  if (op.params.size > 0) {
    lines.push(['| parameter | takes | default | |', '| --- | --- | --- | --- |', ...[...op.params].map(([name, spec]) => `| \`${name}\` | ${takes(spec)} | ${defaultText(spec)} | ${spec.doc} |`)].join('\n'));
  }
  return lines.join('\n\n');
}

function inputText({ name, variadic, least, optional, ranks, constant, dtype, doc }: InputSpec): string {
  const words = [
    ...(variadic === true ? [`${least ?? 0} or more`] : []),
    ...(optional === true ? ['optional'] : []),
    ...(doc !== undefined ? [doc] : ranks !== undefined ? [`${ranks.join(' or ')} axes`] : []),
    ...(dtype === undefined || dtype === 'any' ? [] : [{ float: 'floating point', float32: 'float32', number: 'numbers', index: 'int64 or int32', integer: 'whole numbers', bool: 'bool', mask: 'bool or float32' }[dtype]]),
    ...(constant === true ? ['a number may stand for it'] : []),
  ];
  return `\`${name}\`${words.length > 0 ? ` (${words.join('; ')})` : ''}`;
}

function outputsText({ outputs, ports }: Operator): string {
  return typeof outputs === 'function' ? ports ?? 'one for each piece, `0`, `1` …' : outputs.map((name) => `\`${name}\``).join(', ');
}

function takes(spec: ParamSpec): string {
  const range = spec.min !== undefined && spec.max !== undefined ? `, ${spec.min} to ${spec.max}` : spec.min !== undefined ? `, at least ${spec.min}` : spec.max !== undefined ? `, at most ${spec.max}` : '';
  const words = spec.choices?.map((word) => `\`"${word}"\``).join(', ') ?? '';
  const text = {
    integer: `whole number${range}`,
    number: `number${range}`,
    flag: 'true or false',
    choice: words,
    text: 'text',
    tuple: `whole number${spec.length === undefined || spec.length === 1 ? '' : ` or ${spec.length} of them`}${range}${words === '' ? '' : `, or ${words}`}`,
    list: `list of numbers${range}`,
    ranges: 'list of ranges',
  }[spec.kind];
  return spec.nullable === true ? `${text}, or null` : text;
}

function defaultText(spec: ParamSpec): string {
  if (spec.assertion === true) return '*inferred*';
  if (spec.default !== undefined) return `\`${valueText(spec.default, spec)}\``;
  return spec.initial === undefined ? '(must be written)' : `(must be written; new layers have \`${valueText(spec.initial, spec)}\`)`;
}

function valueText(value: ParamValue, { kind }: ParamSpec): string {
  if (kind === 'tuple' && Array.isArray(value) && value.every((each) => each === value[0])) return JSON.stringify(value[0]);
  return JSON.stringify(value);
}
