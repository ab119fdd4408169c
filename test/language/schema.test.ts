import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/document/json.js';
import { printSchema, schema } from '../../lib/language/index.js';
import { operators } from '../../lib/operators/index.js';
import { root } from '../support/paths.js';

const file = path.join(root, 'media/nnet.schema.json');
const definitions = schema()['definitions'] as Record<string, JsonObject>;
const node = definitions['node'] as { properties: Record<string, { anyOf?: { enum?: string[]; enumDescriptions?: string[] }[] }>; allOf: { if: { properties: { op: { const: string } } }; then: { properties: Record<string, JsonObject> } }[] };

function parameters(type: string): Record<string, JsonObject> {
  return node.allOf.find((rule) => rule.if.properties.op.const === type)!.then.properties;
}

describe('the JSON schema', () => {
  it('in media/ is the one that the tables give (UPDATE=1 rewrites it)', () => {
    if (process.env['UPDATE'] === '1') writeFileSync(file, printSchema());
    expect(readFileSync(file, 'utf8')).toBe(printSchema());
  });

  it('offers every operator with its sentence', () => {
    const offered = node.properties['op']!.anyOf![0]!;
    expect(offered.enum).toEqual([...operators.keys()]);
    expect(offered.enumDescriptions![offered.enum!.indexOf('Conv2d')]).toContain(operators.get('Conv2d')!.doc);
  });

  it('offers the parameters of the operator that `op` names, with their defaults', () => {
    expect(Object.keys(parameters('Conv2d'))).toEqual(expect.arrayContaining(['out_channels', 'kernel_size', 'stride', 'padding', 'dilation', 'groups', 'bias']));
    expect(parameters('Conv2d')['stride']).toMatchObject({ default: 1 });
    expect(parameters('Conv2d')['kernel_size']).toMatchObject({ default: 3, description: expect.stringContaining('must be written') as string });
    expect(parameters('Conv2d')['bias']).toMatchObject({ default: true, anyOf: [{ enum: [false, true] }, {}] });
    expect(Object.keys(parameters('ReLU'))).not.toContain('out_channels');
  });

  it('offers the codes of warnings and hints that a node may allow, with when they appear', () => {
    const allow = (definitions['node'] as { properties: { allow: { properties: Record<string, JsonObject> } } }).properties.allow.properties;
    expect(Object.keys(allow)).toEqual(expect.arrayContaining(['fixed-batch', 'broadcast', 'bias-before-norm', 'activation-before-add']));
    expect(allow['broadcast']).toMatchObject({ description: expect.stringContaining('stretch') as string });
  });

  it('offers the settings of the optimizer that a recipe names', () => {
    const rules = (definitions['recipe'] as { properties: { optimizer: { allOf: { if: JsonObject; then: { properties: JsonObject } }[] } } }).properties.optimizer.allOf;
    expect(rules.map((rule) => Object.keys(rule.then.properties))).toEqual([['lr', 'momentum', 'weight_decay', 'nesterov', 'dampening'], ['lr', 'betas', 'eps', 'weight_decay'], ['lr', 'betas', 'eps', 'weight_decay'], ['lr', 'alpha', 'eps', 'weight_decay', 'momentum', 'centered']]);
  });

  it('refuses nothing, so that no slip is told twice', () => {
    const visit = (value: unknown, below: string): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        // `if` decides what is offered and refuses nothing; an enum stands only where `anyOf` lets all else through.
        if (key === 'if' || key === 'defaultSnippets' || key === 'default') continue;
        if (key === 'properties') Object.values(inner as object).forEach((one) => visit(one, ''));
        else {
          expect(['required', 'type', 'minimum', 'pattern', 'const']).not.toContain(key);
          if (key === 'enum') expect(below).toBe('anyOf');
          visit(inner, Array.isArray(value) ? below : key);
        }
      }
    };
    visit(schema(), '');
  });
});
