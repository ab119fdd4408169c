import { inputType } from '../../lib/actions/index.js';
import type { Document } from '../../lib/document/model.js';
import type { Operator, ParamValue } from '../../lib/operators/operator.js';
import { operators } from '../../lib/operators/index.js';
import type { SkipMerge } from '../canvas/contract.js';
import { declaredOperators } from '../../lib/program/index.js';
import { familyColour } from '../shell/glyph.js';

/** One thing that can be put into a network. */
export interface CatalogItem {
  /** An operator's type or 'block:NAME', as drags and insertions name it. */
  readonly type: string;
  readonly name: string;
  readonly family: string;
  readonly hint: string;
  readonly doc: string;
  readonly colour: string;
}

export interface CatalogGroup {
  readonly title: string;
  readonly items: readonly CatalogItem[];
  /** How many of the items are shown before the rest is asked for. */
  readonly short: number;
}

export const skipItems: readonly { readonly merge: SkipMerge; readonly name: string; readonly key: string; readonly doc: string }[] = [
  { merge: 'add', name: 'Residual add', key: 'A', doc: 'Adds an earlier tensor to a later one: x + F(x).' },
  { merge: 'concat', name: 'Concatenate', key: 'C', doc: 'Puts the channels of an earlier tensor beside those of a later one.' },
  { merge: 'gate', name: 'Gate (highway)', key: 'G', doc: 'Lets a learned gate choose between an earlier tensor and a later one.' },
];

/** What most networks are made of, first in its group; all else is one press away and always found by the search. */
const common = [
  'Conv2d', 'ConvTranspose2d', 'BatchNorm2d', 'LayerNorm', 'GroupNorm', 'Dropout', 'ReLU', 'GELU', 'Sigmoid', 'MaxPool2d', 'AvgPool2d', 'AdaptiveAvgPool2d',
  'Linear', 'Embedding', 'MultiheadAttention', 'LSTM', 'Flatten', 'Reshape', 'Upsample', inputType, 'Parameter',
];
const order = ['Convolution', 'Normalisation', 'Activation', 'Pooling', 'Linear', 'Attention', 'Recurrent', 'Merge', 'Shape', 'Arithmetic', 'Input'];

/** All operators by family, and the document's own blocks. */
export function catalogOf(document: Document | undefined): readonly CatalogGroup[] {
  const groups = new Map<string, CatalogItem[]>();
  for (const operator of operators.values()) groups.set(operator.family, [...(groups.get(operator.family) ?? []), operatorItem(operator)]);
  const rank = (item: CatalogItem) => (common.includes(item.type) ? common.indexOf(item.type) : common.length);
  groups.get('Input')?.unshift({ type: inputType, name: 'Input', family: 'Input', hint: '', doc: 'One more input of the network: an image, a signal, tokens.', colour: familyColour('Input') });
  const families = [...groups].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)).map(([title, items]) => {
    const sorted = [...items].sort((a, b) => rank(a) - rank(b));
    return { title, items: sorted, short: sorted.filter((item) => rank(item) < common.length).length };
  });
  const blocks = [...(document?.blocks.values() ?? [])].map((block): CatalogItem => {
    const layers = block.nodes.size;
    return { type: `block:${block.name}`, name: block.name, family: 'Block', hint: `${layers} ${layers === 1 ? 'node' : 'nodes'}`, doc: `Block of this document with ${layers} nodes.`, colour: familyColour(undefined) };
  });
  const own = [...(document ? declaredOperators(document).values() : [])].map(({ operator }) => operatorItem(operator));
  return [
    ...families,
    ...(own.length > 0 ? [{ title: 'Operators of this design', items: own, short: own.length }] : []),
    ...(blocks.length > 0 ? [{ title: 'Blocks', items: blocks, short: blocks.length }] : []),
  ];
}

/** What people call a layer besides its name. */
const alsoCalled: Readonly<Record<string, readonly string[]>> = {
  Linear: ['fc', 'dense', 'fully connected', 'mlp', 'projection'], ConvTranspose2d: ['deconv', 'upconv', 'transposed'], AdaptiveAvgPool2d: ['gap', 'global average'],
  Concat: ['cat', 'concatenate', 'merge', 'skip'], Add: ['sum', 'plus', 'residual', 'skip', 'shortcut'], Mul: ['gate', 'times', 'multiply', 'scale'], SiLU: ['swish'], MultiheadAttention: ['self attention', 'mhsa', 'mha'],
  LayerNorm: ['ln'], BatchNorm2d: ['bn'], GroupNorm: ['gn'], Upsample: ['resize', 'unpool'], Reshape: ['view'], Parameter: ['token', 'learned', 'weight', 'pos'], [inputType]: ['image', 'placeholder', 'source'],
};

/**
 * Items whose name, family or description has every word of the query, the nearest first: the name itself, what it is also called, its capitals
 * ("bn"), names that begin with it. With the rank of what arrives, layers for as many axes come before their kin.
 */
export function searchCatalog(groups: readonly CatalogGroup[], query: string, rank?: number): readonly CatalogItem[] {
  const typed = query.trim().toLowerCase();
  const words = typed.split(/\s+/).filter(Boolean);
  const score = (item: CatalogItem): number => {
    const name = item.name.toLowerCase();
    const called = alsoCalled[item.type] ?? [];
    const capitals = item.name.replace(/[^A-Z0-9]/g, '').toLowerCase();
    if (name === typed) return -4;
    if (called.includes(typed)) return 0.4;
    if (typed.length > 1 && capitals.startsWith(typed)) return 0.8;
    const rest = `${name} ${item.family} ${item.doc} ${called.join(' ')}`.toLowerCase();
    if (!words.every((word) => rest.includes(word))) return Infinity;
    const first = words[0] ?? '';
    return name.startsWith(first) ? 1 : name.includes(first) ? 2 : called.some((other) => other.startsWith(first)) ? 2.5 : 3;
  };
  const common = (item: CatalogItem) => groups.some(({ items, short }) => items.indexOf(item) >= 0 && items.indexOf(item) < short);
  const axes = rank === undefined || rank < 3 || rank > 5 ? undefined : String(rank - 2);
  const other = (item: CatalogItem) => axes !== undefined && /[123]d$/.test(item.type) && !item.type.endsWith(`${axes}d`);
  const usual = (item: CatalogItem) => (axes === undefined || !/[123]d$/.test(item.type) ? common(item) : groups.some(({ items, short }) => items.slice(0, short).some(({ type }) => type.replace(/[123]d$/, '') === item.type.replace(/[123]d$/, ''))));
  return groups
    .flatMap(({ items }) => items)
    .map((item) => ({ item, score: score(item) + (usual(item) ? 0 : 1.5) + (other(item) ? 1.6 : 0) }))
    .filter(({ score }) => score < Infinity)
    .sort((a, b) => a.score - b.score)
    .map(({ item }) => item);
}

function operatorItem(operator: Operator): CatalogItem {
  return { type: operator.type, name: operator.type, family: operator.family, hint: hintOf(operator), doc: operator.doc, colour: familyColour(operator.family) };
}

/** What the palette will write for the window or the heads: "3×3", "h 8". */
function hintOf({ params }: Operator): string {
  const window = params.get('kernel_size');
  const kernel = window && (window.initial ?? window.default);
  if (window && kernel !== undefined) return spread(kernel, window.length ?? 1).join('×');
  const heads = params.get('num_heads');
  return typeof heads?.initial === 'number' ? `h ${heads.initial}` : '';
}

const spread = (value: ParamValue, length: number): readonly string[] => (Array.isArray(value) ? value.map(String) : Array.from({ length }, () => String(value)));
