import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../lib/analysis/index.js';
import { catalogue } from '../../lib/analysis/catalogue/index.js';
import { problemReference, type Refused } from '../../lib/analysis/reference.js';
import { root } from '../support/paths.js';
import { edited } from './design.js';
import { designOf, recorded } from './recorded.js';

const file = path.join(root, 'media/problems.md');
const entries = catalogue.flatMap((group) => group.entries);

/** Recorded networks whose messages are set side by side, from every category. */
const chosen = [
  'add_stride_2', 'add_broadcast_rank', 'highway_gate_mismatch', 'cat_spatial', 'cat_rank', 'unet1_odd_width', 'conv_second_stale', 'conv_channels_last', 'conv_groups_in', 'conv_dilation_too_big',
  'tconv_output_padding_ge_stride', 'autoencoder_off_by_one', 'pool_to_zero_chain', 'linear_in_features', 'linear_flatten_from_0', 'reshape_infer_indivisible', 'vit_pos_embedding', 'mha_heads', 'bn_features', 'se_block_wrong_reduction',
];
const compared: readonly Refused[] = chosen.flatMap((id) => {
  const each = recorded.find((candidate) => candidate.id === id);
  return each === undefined ? [] : [{ what: each.description, error: each.error ?? '', message: each.message ?? '', design: designOf(each) }];
});

/** Ways in which code names the problem that it tells. */
const ways = [
  /\bcode: '([a-z][a-z-]+)'/gu, /\bcode: [^,'\n]*\? '([a-z-]+)' : '([a-z-]+)'/gu,
  /\b(?:tell|said|hint|warning|report)\('([a-z][a-z-]+)'/gu, /\bfail\([^,()]+(?:\([^()]*\))?, '([a-z-]+)'/gu, /\b(?:fault|stop)\([^\n]*, '([a-z]+-[a-z-]+)'/gu,
];

/** Why a run cannot start is no problem of the design. */
const ofRuns = new Set(['choose.ts', 'batch.ts', 'default.ts', 'fit.ts']);

/** Codes that are named anywhere in the code that finds problems of a design. */
function codesInUse(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const folder of ['document', 'operators', 'program', 'recipes', 'analysis']) {
    for (const name of readdirSync(path.join(root, 'lib', folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts') || name.startsWith('catalogue') || (folder === 'recipes' && ofRuns.has(name))) continue;
      const text = readFileSync(path.join(root, 'lib', folder, name), 'utf8');
      for (const way of ways) for (const match of text.matchAll(way)) for (const code of match.slice(1)) found.set(code, `lib/${folder}/${name}`);
    }
  }
  return found;
}

describe('the reference of problems', () => {
  it('has a section for every code that is told, and for no other', () => {
    const used = codesInUse();
    const written = new Set(entries.map(({ code }) => code));
    expect([...used].filter(([code]) => !written.has(code)), 'without a section').toEqual([]);
    expect([...written].filter((code) => !used.has(code)), 'told nowhere').toEqual([]);
    expect(written.size).toBe(entries.length);
  });

  it.each(entries.map((entry) => [entry.code, entry] as const))('%s: its example has the problem, nothing else is wrong, and there is a way to mend it', (code, { example, when, mend }) => {
    const analysis = analyze(example);
    const problem = analysis.problems.find((each) => each.code === code);
    expect(problem?.message).toMatch(/[.?]$/u);
    const others = analysis.problems.filter((each) => each.code !== code && each.severity !== 'hint');
    // Of too many problems the first thousand are told.
    if (code !== 'too-many-problems') expect(others.map((each) => `${each.code}: ${each.message}`)).toEqual([]);
    expect(when).toMatch(/\.$/u);
    const offered = problem?.fixes.filter(({ refusal }) => refusal === undefined) ?? [];
    expect(offered.length > 0 || mend !== undefined).toBe(true);
    for (const fix of offered) {
      const after = edited(analysis, fix.edits);
      expect(after.problems.filter((each) => each.severity === 'error' || (each.code === code && each.node === problem?.node)).map((each) => each.message), fix.title).toEqual([]);
    }
  });

  it('media/problems.md is what the catalogue says (UPDATE=1 writes it)', () => {
    const made = problemReference(compared);
    if (process.env['UPDATE'] === '1') writeFileSync(file, made);
    expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(made);
  });

  it('sets PyTorch’s words beside ours for 20 recorded networks, all of which are told as errors', () => {
    expect(compared.length).toBe(20);
    for (const { what, design } of compared) expect(analyze(design).problems[0]?.severity, what).toBe('error');
  });
});
