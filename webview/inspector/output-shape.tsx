import { Fragment } from 'react';
import { formatDim, type Shape } from '../../lib/shapes/index.js';
import { formatTensor, withoutBatch } from '../shell/numbers.js';
import type { UseSubject } from './use-form.js';

/** A shape stays on one line; several wrap between them. */
const unbroken = (shape: string): string => shape.replace(/ × /g, '\u00a0×\u00a0');

/** What goes in and comes out, and how the operator gets from one to the other with the numbers put in. */
export function OutputShape({ subject }: { readonly subject: UseSubject }) {
  const { node, use } = subject;
  const inputs = (node?.inputs ?? use.inputs).filter(({ origin }) => origin.kind !== 'none');
  const outputs: readonly (Shape | null)[] = node ? node.outputs.map(({ shape }) => shape) : use.outputs.map(({ tensor }) => tensor.shape);
  const lines = node?.operator.formula?.(node.inputs.map(({ tensor, origin }) => (origin.kind === 'none' ? null : tensor)), node.outputs, node.params) ?? [];
  if (outputs.length === 0) return null;
  return (
    <section className="section" aria-label="Output shape">
      <h3 className="caps">{outputs.length === 1 ? 'Output shape' : 'Output shapes'}</h3>
      {outputs.map((output, k) => (
        <div className="shape-change" key={k}>
          {k === 0 && inputs.length > 0 && <>{inputs.map(({ tensor, origin }) => (origin.kind === 'constant' ? String(origin.value) : unbroken(formatTensor(tensor.shape)))).join(inputs.length > 2 ? ', ' : ' and ')} → </>}
          <b>{unbroken(formatTensor(output))}</b>
        </div>
      ))}
      {lines.length > 0 && (
        <div className="formula">
          {lines.map((line, k) => (
            <Fragment key={k}>
              <span className="axis">{line.axis}</span>
              <span className="step"><span>{line.formula}</span>{line.numbers === undefined && <b>= {formatDim(line.result)}</b>}</span>
              {line.numbers !== undefined && <span className="step"><span>{line.numbers}</span><b>= {formatDim(line.result)}</b></span>}
            </Fragment>
          ))}
        </div>
      )}
      {node && withoutBatch(node.outputs[0]?.shape ?? null) !== node.outputs[0]?.shape && <p className="doc" style={{ marginTop: 6 }}>for each of N samples</p>}
    </section>
  );
}
