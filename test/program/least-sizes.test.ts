import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze, type Analysis } from '../../lib/analysis/index.js';
import type { JsonValue } from '../../lib/document/json.js';
import { root } from '../support/paths.js';
import { convert, type Net } from './fx.js';

/** A network of test/fixtures/truth/nets with other heights and widths of its image. */
function sized(name: string, height: JsonValue, width: JsonValue): Analysis {
  const net = JSON.parse(readFileSync(path.join(root, 'test/fixtures/truth/nets', `${name}.json`), 'utf8')) as Net;
  const design = JSON.parse(convert(net).text) as { inputs: Record<string, { shape: JsonValue[] }> };
  for (const input of Object.values(design.inputs)) input.shape.splice(0, 4, 'N', input.shape[1]!, height, width);
  return analyze(JSON.stringify(design));
}

const refused = (name: string, height: number): boolean => sized(name, height, 256).problems.some(({ severity }) => severity === 'error');

/** `min_size` of torchvision's published weights. */
const published = { alexnet: 63, densenet121: 29, googlenet: 15, squeezenet1_1: 17, vgg16_bn: 32, resnet18: 1, resnet34: 1, resnet50: 1, mobilenet_v2: 1, mobilenet_v3_large: 1, efficientnet_b0: 1 };

describe('the sizes that a network fits', () => {
  it.each(Object.entries(published))('%s: the least one is torchvision\'s, %i', (name, least) => {
    expect(sized(name, 'H', 'W').conditions.map(({ symbols, kind, value }) => ({ symbols, kind, value }))).toEqual(least === 1 ? [] : [{ symbols: ['H', 'W'], kind: 'at-least', value: least }]);
    if (least > 1) expect([least - 1, least].map((height) => refused(name, height))).toEqual([true, false]);
  });

  it.each([
    ['unet_same_bn_256', ['H and W must be divisible by 16 (nearest to 100: 96, 112)'], [15, 17, 40, 250], [16, 96, 272]],
    ['unet_valid_572', ['H and W must leave the remainder 12 when divided by 16 (nearest to 100: 188)', 'H and W must be at least 188'], [172, 187, 189, 256], [188, 204, 572]],
    ['smp_fpn_resnet18', ['H and W must leave the remainder 0, 29, 30 or 31 when divided by 32 (nearest to 100: 96, 125)'], [28, 33, 60, 97], [29, 32, 61, 96]],
    ['timm_mixer_s16', ['H and W must be at least 224', 'H and W must be at most 239'], [223, 240], []],
    ['highway_fc', ['H*W must be 784 (for example 28 and 28)'], [27, 29], []],
  ] as const)('%s: %j', (name, texts, wrong, right) => {
    expect(sized(name, 'H', 'W').conditions.map(({ text }) => text)).toEqual(texts);
    const width = name === 'unet_valid_572' ? 572 : 256;
    const told = (height: number): boolean => sized(name, height, width).problems.some(({ severity }) => severity === 'error');
    expect([...wrong, ...right].filter(told)).toEqual([...wrong]);
  });
});
