import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../lib/analysis/index.js';
import { apply } from '../../lib/document/index.js';
import { runChoice } from '../../webview/run/choice.js';
import { root } from '../support/paths.js';

const template = (name: string) => readFileSync(path.join(root, 'media/templates', `${name}.nnet.json`), 'utf8');

describe('the Run button', () => {
  it('says how many steps and what is set for them', () => {
    expect(runChoice(analyze(template('residual-20')))).toMatchObject({ label: 'Run 300 steps, width 8, size 8' });
    expect(runChoice(analyze(template('mlp')))).toMatchObject({ label: 'Run 400 steps' });
  });

  it('says why a network without a classifier cannot be trained, and offers one that makes it trainable', () => {
    const analysis = analyze(template('resnet34-head'));
    const choice = runChoice(analysis);
    expect(choice).toMatchObject({ obstacle: expect.stringContaining('not one score a class'), fix: { label: 'Add classifier: pool, flatten, Linear 10' } });
    const document = 'fix' in choice && choice.fix ? apply(analysis.parsed.document, choice.fix.edits) : undefined;
    expect(document && !('refused' in document)).toBe(true);
  });
});
