import { useState } from 'react';
import type { JsonValue } from '../../lib/document/json.js';
import type { Input } from '../../lib/document/model.js';
import { isName } from '../../lib/document/names.js';
import { isExpression, parseExpression } from '../../lib/program/expression.js';
import { Icon } from '../shell/glyph.js';
import { useEditor } from '../store/editor.js';
import { entryText, type Entry } from './entry.js';
import { CommitInput } from './field.js';

const types = ['float32', 'float64', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool'];

/** Shape and type of an input: whole numbers, symbols and expressions between commas. */
export function ShapeField({ input, disabled }: { readonly input: Input; readonly disabled: boolean }) {
  const editor = useEditor();
  const [wrong, setWrong] = useState<string | undefined>();
  const path = ['inputs', input.name];
  return (
    <>
      <div className="field">
        <label title="Batch first, then channels: N, 3, 32, 32. A name stands for a size that is not fixed.">shape</label>
        <CommitInput label={`Shape of ${input.name}`} text={(input.shape ?? []).map((dim) => entryText(dim)).join(', ')} disabled={disabled} read={readShape} onTyped={setWrong} onCommit={(value) => editor.perform([{ kind: 'set', path: [...path, 'shape'], value: value ?? [] }], `Shape of ${input.name}`)} />
        {wrong !== undefined && <div className="note bad" role="alert">{wrong}</div>}
      </div>
      <div className="field">
        <label>dtype</label>
        <div className="select">
          <select className="input" aria-label={`Type of ${input.name}`} value={input.dtype ?? 'float32'} disabled={disabled} onChange={(event) => editor.perform(event.target.value === 'float32' ? [{ kind: 'remove', path: [...path, 'dtype'] }] : [{ kind: 'set', path: [...path, 'dtype'], value: event.target.value }], `Type of ${input.name}`)}>
            {types.map((type) => <option key={type}>{type}</option>)}
          </select>
          <Icon name="chevron-down" />
        </div>
      </div>
    </>
  );
}

/** "N, 3, 32, 32" and "N × 3 × 32 × 32" both say a shape. */
export function readShape(text: string): Entry {
  const parts = text.replace(/^\s*[[(]|[\])]\s*$/g, '').split(/\s*[,×x]\s+|\s*[,×]\s*/).map((part) => part.trim()).filter((part) => part !== '');
  const dims: JsonValue[] = [];
  for (const part of parts) {
    if (/^\d+$/.test(part)) {
      if (Number(part) < 1) return { wrong: 'A size is at least 1.' };
      dims.push(Number(part));
    } else if (isExpression(part)) {
      const parsed = parseExpression(part);
      if ('problem' in parsed) return { wrong: parsed.problem.message };
      dims.push(part);
    } else if (isName(part)) dims.push(part);
    else return { wrong: `“${part}” is no size: wanted a whole number, a name or an expression.` };
  }
  return parts.length === 0 ? { wrong: 'A shape has at least one axis.' } : { value: dims };
}
