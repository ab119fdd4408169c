import { useState, type ReactNode } from 'react';
import { paramNameProblem } from '../../lib/actions/index.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import { scopePath } from '../../lib/analysis/index.js';
import type { JsonValue } from '../../lib/document/json.js';
import type { Block } from '../../lib/document/model.js';
import { isName, isNodeWord } from '../../lib/document/names.js';
import type { ParamValue } from '../../lib/operators/operator.js';
import { isExpression } from '../../lib/program/expression.js';
import { IconButton } from '../shell/toolbar.js';
import { renameScopeParam } from '../store/operations.js';
import { useEditor } from '../store/editor.js';
import { entryText, readDefault, valueText, type Entry } from './entry.js';
import { CommitInput } from './field.js';
import { NameField } from './name-field.js';

/** The parameters that a block or the network has, with their defaults: each can be changed, taken out, and new ones added. */
export function ScopeParams({ analysis, block, values, disabled, title, children }: { readonly analysis: Analysis; readonly block: Block; readonly values?: Readonly<Record<string, ParamValue>> | undefined; readonly disabled: boolean; readonly title: string; readonly children?: ReactNode }) {
  const editor = useEditor();
  const place = [...scopePath(block.name), 'params'];
  const set = (name: string, value: JsonValue) => editor.perform([{ kind: 'set', path: [...place, name], value }], `Set ${name}${block.name === '' ? '' : ` of ${block.name}`}`);
  return (
    <section className="section" aria-label={title}>
      <h3 className="caps">{title}</h3>
      {children}
      {[...block.params].map(([name, value]) => (
        <Default key={name} name={name} value={value} given={values?.[name]} root={block.name === ''} disabled={disabled} onCommit={(next) => set(name, next)} wrongly={(to) => paramNameProblem(analysis, block.name, to, name)} onRename={(to) => renameScopeParam(editor, block.name, name, to)} onRemove={() => editor.perform([{ kind: 'remove', path: [...place, name] }], `Remove parameter ${name}`)} />
      ))}
      <NewParam block={block} disabled={disabled} onAdd={set} />
    </section>
  );
}

function Default({ name, value, given, root, disabled, wrongly, onRename, onCommit, onRemove }: { readonly name: string; readonly value: JsonValue; readonly given: ParamValue | undefined; readonly root: boolean; readonly disabled: boolean; wrongly(name: string): string | undefined; onRename(to: string): void; onCommit(value: JsonValue): void; onRemove(): void }) {
  const [wrong, setWrong] = useState<string | undefined>();
  const label = root ? name : `Default of ${name}`;
  return (
    <div className="field">
      <div className="param-name" title={root ? `${name}: a size of the whole network, named in expressions. Press to rename it there too.` : `${name}: what a use has that does not write it. Press to rename it everywhere.`}>
        <NameField name={name} label={`Name of the parameter ${name}`} disabled={disabled} wrongly={wrongly} onRename={onRename} />
      </div>
      <div className="with-action">
        {typeof value === 'boolean' ? <input type="checkbox" className="checkbox" aria-label={label} checked={value} disabled={disabled} onChange={(event) => onCommit(event.target.checked)} />
          : <CommitInput label={label} text={value === null ? '' : entryText(value)} placeholder="given by each use" disabled={disabled} read={(text) => readDefault(text, root)} onTyped={setWrong} onCommit={(next) => onCommit(next ?? null)} />}
        <IconButton icon="close" title={`Remove the parameter ${name}`} disabled={disabled} onClick={onRemove} />
      </div>
      {wrong !== undefined && <div className="note bad" role="alert">{wrong}</div>}
      {wrong === undefined && isExpression(value) && given !== undefined && <div className="note">= <span className="mono">{valueText(given)}</span></div>}
    </div>
  );
}

/** "width = 64" makes a parameter of that name with that default. */
function NewParam({ block, disabled, onAdd }: { readonly block: Block; readonly disabled: boolean; onAdd(name: string, value: JsonValue): void }) {
  const [wrong, setWrong] = useState<string | undefined>();
  const [made, setMade] = useState(0);
  const split = (text: string) => /^\s*([^=\s]*)\s*(?:=\s*(.*?)\s*)?$/s.exec(text);
  const read = (text: string): Entry => {
    const [, name = '', value] = split(text) ?? [];
    if (text.trim() === '') return { value: undefined };
    if (!isName(name)) return { wrong: 'Wanted a name and a value: width = 64.' };
    if (isNodeWord(name) || ['i', 'true', 'false'].includes(name)) return { wrong: `“${name}” is a word of the format.` };
    if (block.params.has(name)) return { wrong: `“${name}” is there already.` };
    return value === undefined || value === '' ? { wrong: `Wanted a value too: ${name} = 64.` } : readDefault(value, block.name === '');
  };
  return (
    <div className="field" key={made}>
      <label className="dim">add</label>
      <CommitInput label={block.name === '' ? 'New parameter' : `New parameter of ${block.name}`} text="" placeholder="name = value" patient disabled={disabled} read={read} onTyped={setWrong}
        onCommit={(value, typed) => {
          const name = split(typed)?.[1];
          if (name === undefined || value === undefined) return;
          onAdd(name, value);
          setMade(made + 1);
        }}
      />
      {wrong !== undefined && <div className="note bad" role="alert">{wrong}</div>}
    </div>
  );
}
