import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { JsonValue } from '../../lib/document/json.js';
import { UNKNOWN, type ParamSpec, type ParamValue } from '../../lib/operators/operator.js';
import { isExpression } from '../../lib/program/expression.js';
import { Icon } from '../shell/glyph.js';
import { Marked } from '../shell/marked.js';
import { IconButton } from '../shell/toolbar.js';
import { holdDraft } from '../store/drafts.js';
import { entryText, isOrdinary, readCells, readEntry, valueText, type Entry } from './entry.js';

/** Milliseconds without a key after which a valid field commits by itself. */
const REST = 400;

export interface ParamFieldProps {
  readonly name: string;
  readonly spec: ParamSpec;
  /** As it stands in the file; undefined where it is left out. */
  readonly written: JsonValue | undefined;
  /** What it comes to; shown beside an expression. */
  readonly value: ParamValue | undefined;
  readonly disabled?: boolean;
  /** A problem of the analysis that stands on this parameter. */
  readonly wrong?: string | undefined;
  /** undefined takes the key out. */
  onCommit(value: JsonValue | undefined): void;
}

/** One parameter of an operator or block, in the form that its declaration asks for. */
export function ParamField({ name, spec, written, value, disabled, wrong, onCommit }: ParamFieldProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | undefined>();
  const commit = (next: JsonValue | undefined) => onCommit(next !== undefined && spec.default !== undefined && isOrdinary(next, spec) && !isExpression(next) ? undefined : next);
  const shown = written !== undefined ? written : spec.default !== undefined ? (spec.default as JsonValue) : undefined;
  const expression = typeof written === 'string' && isExpression(written);
  const picked = spec.kind === 'flag' || (spec.kind === 'choice' && spec.choices !== undefined);
  const [asExpression, setAsExpression] = useState(false);
  const common = { id, disabled: disabled === true, label: name };
  let control: ReactNode;
  if (picked && asExpression && !expression) {
    control = <CommitInput {...common} text="" placeholder="= condition ? a : b" autoFocus read={(text) => readAsExpression(text, spec)} onCommit={(next) => next !== undefined && commit(next)} onTyped={setTyped} onLeave={() => setAsExpression(false)} />;
  } else if (spec.kind === 'flag' && !expression) {
    control = <input id={id} type="checkbox" className="checkbox" checked={shown === true} disabled={disabled} onChange={(event) => commit(event.target.checked)} />;
  } else if (spec.kind === 'choice' && !expression && spec.choices) {
    control = (
      <div className="select">
        <select id={id} className="input" value={entryText(shown)} disabled={disabled} onChange={(event) => commit(event.target.value === 'null' ? null : event.target.value)}>
          {spec.nullable === true && <option value="null">null</option>}
          {spec.choices.map((choice) => <option key={choice} value={choice}>{choice}</option>)}
        </select>
        <Icon name="chevron-down" />
      </div>
    );
  } else if (spec.kind === 'tuple' && (spec.length ?? 1) > 1 && (shown === undefined || typeof shown === 'number' || Array.isArray(shown))) {
    control = <Cells {...common} spec={spec} shown={shown} onCommit={commit} onTyped={setTyped} />;
  } else {
    control = <CommitInput {...common} text={entryText(shown)} placeholder={spec.assertion === true ? 'inferred' : ''} read={(text) => (spec.kind === 'tuple' ? readOneLine(text, spec) : readEntry(text, spec))} onCommit={commit} onTyped={setTyped} />;
  }
  if (picked) {
    const plain = value === UNKNOWN || value === undefined ? undefined : (value as JsonValue);
    control = (
      <div className="with-action switch">
        {control}
        {expression
          ? <IconButton icon="list-selection" title={`Choose ${name} from a list instead of an expression`} disabled={disabled === true} onClick={() => commit(plain)} />
          : <IconButton icon="symbol-operator" title={`Write an expression for ${name}`} disabled={disabled === true} pressed={asExpression} onClick={() => setAsExpression(true)} />}
      </div>
    );
  }
  const note = typed ?? wrong;
  const comesTo = hasExpression(written) ? valueText(value) : undefined;
  // A short expression and its value share the line; a long one has its value below.
  const beside = comesTo !== undefined && entryText(written).length + comesTo.length <= BESIDE;
  return (
    <div className={`field ${isOrdinary(written, spec) ? '' : 'changed'}`}>
      <label htmlFor={id} title={`${name}: ${spec.doc}`}>{name}</label>
      {beside ? <div className="with-value">{control}<span className="comes-to" title={`${name} is ${comesTo} here`}>{comesTo}</span></div> : control}
      {note !== undefined && <div className="note bad" role="alert"><Marked text={note} /></div>}
      {note === undefined && comesTo !== undefined && !beside && <div className="note">= <span className="mono">{comesTo}</span></div>}
    </div>
  );
}

/** What is no value of the field is an expression without its "=". */
function readAsExpression(text: string, spec: ParamSpec): Entry {
  const typed = text.trim();
  if (typed === '' || typed === '=') return { value: undefined };
  const entry = readEntry(typed, spec);
  return 'wrong' in entry && !isExpression(typed) ? readEntry(`=${typed}`, spec) : entry;
}

/** Characters of an expression and its value that fit on one line. */
const BESIDE = 17;

const hasExpression = (written: JsonValue | undefined): boolean => isExpression(written) || (Array.isArray(written) && written.some(isExpression));

/** One line for a tuple that is a word or an expression: "same", "=stride", "1, 2". */
const readOneLine = (text: string, spec: ParamSpec): Entry => (text.trim() === '' || isExpression(text.trim()) ? readEntry(text, spec) : readCells(text.includes(',') ? text.split(',') : Array.from({ length: spec.length ?? 1 }, () => text), spec));

function Cells({ id, label, spec, shown, disabled, onCommit, onTyped }: { readonly id: string; readonly label: string; readonly spec: ParamSpec; readonly shown: JsonValue | undefined; readonly disabled: boolean; onCommit(value: JsonValue | undefined): void; onTyped(wrong: string | undefined): void }) {
  const length = spec.length ?? 1;
  const list = Array.isArray(shown) ? (shown as readonly JsonValue[]) : undefined;
  const texts = Array.from({ length }, (_, k) => entryText(list ? (list.length === 1 ? list[0] : list[k]) : shown));
  // What was sent for one cell stands until the document has it: the next cell may be committed before that.
  const sent = useRef<string[] | undefined>(undefined);
  const before = useRef(shown);
  if (before.current !== shown) {
    before.current = shown;
    sent.current = undefined;
  }
  const read = (k: number) => (text: string): Entry => {
    const typed = text.trim();
    // A word ("same") or an expression typed into the first cell stands for the whole tuple.
    if (k === 0 && (isExpression(typed) || spec.choices?.includes(typed))) return readEntry(typed, spec);
    return readCells((sent.current ?? texts).map((other, j) => (j === k ? text : other)), spec);
  };
  const axes = length === 2 ? ['height', 'width'] : ['depth', 'height', 'width'];
  return (
    <div className="cells">
      {texts.map((text, k) => (
        <CommitInput key={k} id={k === 0 ? id : undefined} label={`${label}, ${axes[k] ?? k}`} text={text} disabled={disabled} read={read(k)} onTyped={onTyped}
          onCommit={(value, typed) => {
            sent.current = (sent.current ?? texts).map((other, j) => (j === k ? typed : other));
            onCommit(value);
          }}
        />
      ))}
    </div>
  );
}

export interface CommitInputProps {
  readonly id?: string | undefined;
  readonly label: string;
  /** The text of the value in the document. */
  readonly text: string;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  /** Something is wrong with the value in the document, and which element says what. */
  readonly wrong?: boolean;
  readonly describedBy?: string | undefined;
  readonly autoFocus?: boolean;
  /** Commits on Enter and on leaving only: half a name must not become one. */
  readonly patient?: boolean;
  read(text: string): Entry;
  /** `typed` is the text that the value was read from. */
  onCommit(value: JsonValue | undefined, typed: string): void;
  /** What is wrong with the text while it is typed; undefined when nothing is. */
  onTyped?(wrong: string | undefined): void;
  /** Called when the field is left. */
  onLeave?(): void;
}

/** A line of text that is checked while typing and committed on Enter, on leaving, or after a rest; Escape takes it back. */
export function CommitInput({ id, label, text, placeholder, disabled, wrong, describedBy, autoFocus, patient, read, onCommit, onTyped, onLeave }: CommitInputProps) {
  const [draft, setDraft] = useState<string | undefined>();
  const rest = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const sent = useRef<string | undefined>(undefined);
  /** Ends the hold of a text that is typed and not committed. */
  const held = useRef<(() => void) | undefined>(undefined);
  // The newest handlers: the rest ends after renders that gave others.
  const latest = useRef({ text, read, onCommit });
  latest.current = { text, read, onCommit };
  const letGo = () => {
    clearTimeout(rest.current);
    held.current?.();
    held.current = undefined;
  };
  const commit = (typed: string | undefined) => {
    letGo();
    if (typed === undefined || typed === latest.current.text || typed === sent.current) return;
    const result = latest.current.read(typed);
    if ('wrong' in result) return;
    sent.current = typed;
    latest.current.onCommit(result.value, typed);
  };
  // A form that gives way to another one (F8, a click in the text editor) leaves nothing of what was typed behind.
  const typedLast = useRef<string | undefined>(undefined);
  const commitLast = useRef(() => undefined as void);
  commitLast.current = () => commit(typedLast.current);
  useEffect(() => () => (held.current === undefined ? letGo() : commitLast.current()), []);
  // The document says something else than what was sent (an undo, another editor): it is right.
  useEffect(() => {
    if (sent.current !== text) {
      setDraft(undefined);
      onTyped?.(undefined);
      letGo();
    }
    sent.current = undefined;
  }, [text]);

  const entry = draft === undefined ? undefined : read(draft);
  const change = (typed: string) => {
    letGo();
    setDraft(typed);
    typedLast.current = typed;
    const result = read(typed);
    onTyped?.('wrong' in result ? result.wrong : undefined);
    if ('wrong' in result) return;
    held.current = holdDraft(() => commitLast.current());
    if (patient !== true) rest.current = setTimeout(() => commit(typed), REST);
  };
  const take = () => {
    letGo();
    setDraft(undefined);
    onTyped?.(undefined);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const undo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z';
    if (event.key === 'Enter') {
      // What takes the keyboard when the field is left must not be pressed by the same key.
      event.preventDefault();
      commit(draft);
      event.currentTarget.select();
      if (onLeave) event.currentTarget.blur();
    } else if (draft !== undefined && draft !== text && draft !== sent.current && (event.key === 'Escape' || undo)) {
      // Undo takes back what is typed here and nothing of the document besides.
      event.preventDefault();
      event.stopPropagation();
      take();
    }
  };
  return (
    <input id={id} className="input" aria-label={label} aria-invalid={entry === undefined ? wrong === true : 'wrong' in entry} aria-describedby={describedBy} value={draft ?? text} placeholder={placeholder} disabled={disabled} autoFocus={autoFocus} spellCheck={false} autoComplete="off"
      onFocus={(event) => autoFocus === true && event.currentTarget.select()} onChange={(event) => change(event.target.value)} onKeyDown={onKeyDown}
      onBlur={() => {
        commit(draft);
        take();
        onLeave?.();
      }}
    />
  );
}
