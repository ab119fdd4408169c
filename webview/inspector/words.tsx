import { useId, useState } from 'react';
import type { JsonValue } from '../../lib/document/json.js';
import type { Operator, ParamSpec } from '../../lib/operators/operator.js';
import { formatSource } from '../../lib/document/source.js';
import { Icon } from '../shell/glyph.js';
import { setWord } from '../store/operations.js';
import { useEditor } from '../store/editor.js';
import { readEntry, entryText } from './entry.js';
import { CommitInput } from './field.js';
import type { UseSubject } from './use-form.js';

const condition: ParamSpec = { kind: 'flag', doc: '', default: true, read: (value) => (typeof value === 'boolean' ? { value } : { wrong: 'true, false or an expression that begins with =' }) };
const times: ParamSpec = { kind: 'integer', doc: '', default: 1, min: 0, read: (value) => (typeof value === 'number' && Number.isInteger(value) && value >= 0 ? { value } : { wrong: 'a whole number from 0, or an expression' }) };
const pathSpec: ParamSpec = { kind: 'text', doc: '', default: null, nullable: true, read: (value) => ({ value }) };

/** The words of the format that every node may have: repetition, presence, skips cut off, shared and frozen weights, a note. */
export function Words({ subject, declaration, disabled }: { readonly subject: UseSubject; readonly declaration: Operator | undefined; readonly disabled: boolean }) {
  const editor = useEditor();
  const freezeId = useId();
  const { node } = subject.use;
  const { repeat } = node;
  const learned = subject.node === undefined ? subject.each?.kind === 'block' : subject.node.weights.length > 0;
  const frozen = node.others?.get('freeze') === true;
  const note = node.others?.get('note');
  const used = frozen || note !== undefined || declaration?.merge !== undefined || repeat !== undefined || node.when !== undefined || node.off.length > 0 || node.weights !== undefined;
  const set = (word: string, value: JsonValue | undefined) => setWord(editor, subject.path, word, value);
  const setRepeat = (change: Partial<{ times: JsonValue; shared: boolean; wiring: 'chain' | 'dense' }>) => {
    const next = { times: repeat?.times ?? 1, shared: repeat?.shared ?? false, wiring: repeat?.wiring ?? ('chain' as const), ...change };
    if (next.times === 1 && !next.shared && next.wiring === 'chain' && change.times !== undefined) return set('repeat', undefined);
    set('repeat', next.shared || next.wiring === 'dense' ? { times: next.times, ...(next.shared && { shared: true }), ...(next.wiring === 'dense' && { wiring: 'dense', ...(repeat?.dim !== undefined && repeat.dim !== 1 && { dim: repeat.dim }) }) } : next.times);
  };
  return (
    <details className="section" open={used || undefined}>
      <summary><h3 className="caps" style={{ margin: 0 }}>Repetition and presence</h3><Icon name="chevron-right" /></summary>
      <Line label="repeat" title="How often it is repeated, each time with its own weights" changed={repeat !== undefined}>
        {(onTyped) => <CommitInput label="repeat" disabled={disabled} text={entryText(repeat?.times ?? 1)} read={(text) => readEntry(text, times)} onCommit={(value) => setRepeat({ times: value ?? 1 })} onTyped={onTyped} />}
      </Line>
      {repeat && (
        <div className="toggle-row" style={{ paddingLeft: 104 }}>
          <Toggle label="shared" title="All repetitions use one set of weights" checked={repeat.shared} disabled={disabled} onChange={(shared) => setRepeat({ shared })} />
          <Toggle label="dense" title="Each repetition reads all before it, concatenated" checked={repeat.wiring === 'dense'} disabled={disabled} onChange={(dense) => setRepeat({ wiring: dense ? 'dense' : 'chain' })} />
        </div>
      )}
      <Line label="when" title="Where this is false the node is not there and its first source passes through" changed={node.when !== undefined}>
        {(onTyped) => <CommitInput label="when" disabled={disabled} text={entryText(node.when ?? true)} read={(text) => readEntry(text, condition)} onCommit={(value) => set('when', value === true ? undefined : value)} onTyped={onTyped} />}
      </Line>
      {declaration?.merge !== undefined && (
        <div className="field"><label>off</label>
          <div>
            {node.in.map((source, k) => {
              const spelled = formatSource(source as never);
              return <Toggle key={k} label={spelled} checked={node.off.includes(spelled)} disabled={disabled} onChange={(off) => set('off', offValue(off ? [...node.off, spelled] : node.off.filter((other) => other !== spelled)))} />;
            })}
          </div>
        </div>
      )}
      <Line label="weights" title="Path of the layer whose weights this one uses" changed={node.weights !== undefined}>
        {(onTyped) => <CommitInput label="weights" placeholder="own" disabled={disabled} text={node.weights ?? ''} read={(text) => readEntry(text, pathSpec)} onCommit={(value) => set('weights', value)} onTyped={onTyped} />}
      </Line>
      {(learned || frozen) && (
        <div className={`field ${frozen ? 'changed' : ''}`}>
          <label title="Training leaves its weights as they are" htmlFor={freezeId}>freeze</label>
          <input id={freezeId} type="checkbox" className="checkbox" checked={frozen} disabled={disabled} onChange={(event) => set('freeze', event.target.checked ? true : undefined)} />
        </div>
      )}
      <Line label="note" title="A remark that goes with the layer" changed={note !== undefined}>
        {(onTyped) => <CommitInput label="note" placeholder="none" disabled={disabled} text={entryText(note)} read={(text) => ({ value: text.trim() === '' ? undefined : text.trim() })} onCommit={(value) => set('note', value)} onTyped={onTyped} />}
      </Line>
    </details>
  );
}

const offValue = (off: readonly string[]): JsonValue | undefined => (off.length > 0 ? off : undefined);

function Line({ label, title, changed, children }: { readonly label: string; readonly title: string; readonly changed: boolean; children(onTyped: (wrong: string | undefined) => void): React.ReactNode }) {
  const [wrong, setWrong] = useState<string | undefined>();
  return (
    <div className={`field ${changed ? 'changed' : ''}`}>
      <label title={title}>{label}</label>
      {children(setWrong)}
      {wrong !== undefined && <div className="note bad" role="alert">{wrong}</div>}
    </div>
  );
}

function Toggle({ label, title, checked, disabled, onChange }: { readonly label: string; readonly title?: string; readonly checked: boolean; readonly disabled: boolean; onChange(checked: boolean): void }) {
  return (
    <label className="toggle-row" title={title}><input type="checkbox" className="checkbox" checked={checked} disabled={disabled} onChange={(event) => onChange(event.target.checked)} />{label}</label>
  );
}
