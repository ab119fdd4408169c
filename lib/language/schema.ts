import { doubts } from '../analysis/catalogue/advice.js';
import type { JsonObject, JsonValue } from '../document/json.js';
import { dtypes } from '../document/names.js';
import { operators, type Operator, type ParamSpec } from '../operators/index.js';
import { augmentations, clips, datasets, earlyStop, initialisations, losses, numbers, optimizers, schedules, type Choice, type Setting, wanted } from '../recipes/index.js';
import { blockWords, budgetWords, declaredParamWords, declaredWords, documentWords, inputWords, nodeWords, recipeWords, repeatWords } from './words.js';
import { inputsDoc, paramDoc, writtenValue } from './params.js';

/**
 * The JSON schema of *.nnet.json: what a text editor offers and explains. It refuses nothing, since the checks of Netwright say what is wrong
 * with better words, and a second squiggle for the same slip would only be in the way.
 */
export function schema(): JsonObject {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: 'Generated from the tables of operators and recipes.',
    title: 'Netwright design',
    allowComments: true,
    allowTrailingCommas: true,
    properties: {
      nnet: { description: documentWords.nnet, default: 1 },
      params: { description: documentWords.params },
      inputs: { description: documentWords.inputs, additionalProperties: { $ref: '#/definitions/input' } },
      nodes: { description: documentWords.nodes, additionalProperties: { $ref: '#/definitions/node' } },
      outputs: { description: documentWords.outputs, default: [] },
      blocks: { description: documentWords.blocks, additionalProperties: { $ref: '#/definitions/block' } },
      operators: { description: documentWords.operators, additionalProperties: { $ref: '#/definitions/operator' } },
      training: { description: documentWords.training, additionalProperties: { $ref: '#/definitions/recipe' } },
      budget: { description: documentWords.budget, properties: Object.fromEntries(Object.entries(budgetWords).map(([name, description]) => [name, { description }])), default: { params: 5_000_000 } },
      view: { description: documentWords.view },
    },
    definitions: {
      input: {
        properties: { shape: { description: inputWords.shape, default: ['N', 3, 32, 32] }, dtype: { description: inputWords.dtype, ...oneOf(dtypes.map((value) => [value])) } },
        defaultSnippets: [{ label: 'shape', body: { shape: ['N', 3, 32, 32] } }],
      },
      block: {
        properties: {
          params: { description: blockWords.params, default: {} },
          inputs: { description: blockWords.inputs, default: ['x'] },
          nodes: { description: blockWords.nodes, additionalProperties: { $ref: '#/definitions/node' } },
          outputs: { description: blockWords.outputs, default: [] },
          view: { description: blockWords.view },
        },
        defaultSnippets: [{ label: 'block', body: { inputs: ['x'], nodes: {}, outputs: ['x'] } }],
      },
      operator: {
        properties: {
          doc: { description: declaredWords.doc },
          inputs: { description: declaredWords.inputs, default: { x: ['N', 'C'] } },
          params: {
            description: declaredWords.params,
            additionalProperties: {
              properties: { type: { description: declaredParamWords.type, ...oneOf([['integer'], ['number'], ['flag'], ['text'], ['list']]) }, ...Object.fromEntries((['default', 'min', 'max', 'choices', 'doc'] as const).map((word) => [word, { description: declaredParamWords[word] }])) },
            },
            default: {},
          },
          outputs: { description: declaredWords.outputs, default: [['N', 'C']] },
          python: { description: declaredWords.python },
          parameters: { description: declaredWords.parameters, defaultSnippets: [{ label: 'expression', body: '=$1' }] },
          macs: { description: declaredWords.macs, defaultSnippets: [{ label: 'expression', body: '=$1' }] },
        },
        defaultSnippets: [{ label: 'operator', body: { inputs: { x: ['N', 'C'] }, params: { dim: '=C' }, outputs: [['N', 'C']], python: 'layers.$1' } }],
      },
      node: {
        properties: {
          op: { description: nodeWords.op, ...oneOf([...operators.values()].map((operator) => [operator.type, operatorDoc(operator)])) },
          in: { description: nodeWords.in, default: [] },
          weights: { description: nodeWords.weights },
          when: { description: nodeWords.when, defaultSnippets: [{ label: 'expression', body: '=$1' }] },
          off: { description: nodeWords.off, default: [] },
          repeat: {
            description: nodeWords.repeat,
            properties: {
              times: { description: repeatWords.times, default: 2 },
              shared: { description: repeatWords.shared, ...flag },
              wiring: { description: repeatWords.wiring, ...oneOf([['chain'], ['dense']]) },
              dim: { description: repeatWords.dim, default: 1 },
            },
            defaultSnippets: [{ label: '2', body: 2 }, { label: 'dense', body: { times: 4, wiring: 'dense' } }],
          },
          allow: { description: nodeWords.allow, properties: Object.fromEntries(doubts.entries.map(({ code, when }) => [code, { description: when, defaultSnippets: [{ label: 'reason', body: '$1' }] }])) },
          freeze: { description: nodeWords.freeze, ...flag },
          initialize: { description: nodeWords.initialize, ...chosen(initialisations) },
        },
        defaultSnippets: [{ label: 'node', body: { op: '$1', in: ['$2'] } }],
        allOf: [...operators.values()].map(parametersOf),
      },
      recipe: recipe(),
    },
  };
}

/** The schema as it stands in media/nnet.schema.json. */
export function printSchema(): string {
  return `${JSON.stringify(schema(), null, 1)}\n`;
}

const flag = oneOf([[false], [true]]);

/** Values that are offered; others are let through. */
function oneOf(values: readonly (readonly [JsonValue, string?])[]): JsonObject {
  const docs = values.map(([, doc]) => doc ?? '');
  return { anyOf: [{ enum: values.map(([value]) => value), ...(docs.some(Boolean) && { enumDescriptions: docs }) }, {}] };
}

function operatorDoc(operator: Operator): string {
  const inputs = inputsDoc(operator);
  return `${operator.doc}${inputs ? ` Reads ${inputs}.` : ''}`;
}

/** The parameters that a node has when `op` names this operator. */
function parametersOf(operator: Operator): JsonObject {
  const properties: Record<string, JsonValue> = {};
  for (const [name, spec] of operator.params) properties[name] = parameter(spec);
  return { if: { properties: { op: { const: operator.type } }, required: ['op'] }, then: { properties } };
}

function parameter(spec: ParamSpec): JsonObject {
  const initial = writtenValue(spec.default) ?? writtenValue(spec.initial);
  const snippet = { defaultSnippets: [{ label: '1', body: '^$1' }] };
  const values = spec.kind === 'flag' ? flag : spec.choices ? oneOf(spec.choices.map((value) => [value])) : {};
  return { description: paramDoc(spec), ...values, ...(initial !== undefined ? { default: initial } : spec.kind === 'integer' || spec.kind === 'number' ? snippet : {}) };
}

function recipe(): JsonObject {
  return {
    properties: {
      dataset: { description: recipeWords.dataset, ...chosen(datasets), ...documented(Object.fromEntries(Object.entries(datasets).filter(([, { settings }]) => Object.keys(settings).length === 0))) },
      augment: { description: recipeWords.augment, properties: Object.fromEntries(Object.entries(augmentations.settings).map(([key, spec]) => [key, setting(spec)])) },
      loss: { description: recipeWords.loss, ...chosen(losses), anyOf: [{ enum: Object.keys(losses), enumDescriptions: Object.values(losses).map(({ doc }) => doc) }, {}] },
      optimizer: { description: recipeWords.optimizer, ...chosen(optimizers) },
      schedule: { description: recipeWords.schedule, ...chosen(schedules) },
      initialize: { description: recipeWords.initialize, ...chosen(initialisations) },
      clip: { description: recipeWords.clip, ...group(clips), defaultSnippets: [{ label: 'norm', body: { norm: 1 } }, { label: 'value', body: { value: 0.5 } }] },
      freeze: { description: recipeWords.freeze, default: [] },
      early_stop: { description: recipeWords.early_stop, ...group(earlyStop), defaultSnippets: [{ label: 'early stop', body: { monitor: 'test_loss', patience: 3 } }] },
      ...Object.fromEntries(Object.entries(numbers).map(([key, spec]) => [key, setting(spec)])),
      set: { description: recipeWords.set, default: {} },
    },
    defaultSnippets: [{ label: 'recipe', body: { dataset: 'digits', loss: 'cross_entropy', optimizer: { name: 'adam', lr: 0.001 }, batch_size: 64, steps: 300, seed: 0 } }],
  };
}

function documented(table: Readonly<Record<string, { readonly doc: string }>>): JsonObject {
  return oneOf(Object.entries(table).map(([name, { doc }]) => [name, doc]));
}

/** An object whose `name` decides which settings it has. */
function chosen(table: Readonly<Record<string, Choice>>): JsonObject {
  return {
    properties: { name: documented(table) },
    allOf: Object.entries(table).map(([name, { settings }]) => ({
      if: { properties: { name: { const: name } }, required: ['name'] },
      then: { properties: Object.fromEntries(Object.entries(settings).map(([key, spec]) => [key, setting(spec)])) },
    })),
    defaultSnippets: Object.entries(table).map(([name, { doc, settings }]) => ({ label: name, description: doc, body: { name, ...Object.fromEntries(Object.entries(settings).filter(([, { required }]) => required).map(([key]) => [key, '$1'])) } })),
  };
}

function group(settings: Readonly<Record<string, Setting>>): JsonObject {
  return { properties: Object.fromEntries(Object.entries(settings).map(([key, spec]) => [key, setting(spec)])) };
}

function setting(spec: Setting): JsonObject {
  if (spec.default === null || spec.default === '') return { description: `${spec.doc} ${sentence(wanted(spec))}` };
  const value: JsonValue = Array.isArray(spec.default) ? [...(spec.default as readonly number[])] : spec.default;
  return { description: `${spec.doc} ${sentence(wanted(spec))} Default ${JSON.stringify(value)}.`, default: value, ...(spec.kind === 'flag' && flag), ...(spec.choices && oneOf(spec.choices.map((each) => [each]))) };
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}
