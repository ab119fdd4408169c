import { useId, useState, type ReactNode } from 'react';
import { chooseInRecipe, isRefusal, setRecipeWord, type Acted } from '../../lib/actions/index.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import type { JsonValue } from '../../lib/document/json.js';
import type { Problem } from '../../lib/document/problem.js';
import { entryText, readDefault, type Entry } from '../inspector/entry.js';
import { CommitInput } from '../inspector/field.js';
import { Icon } from '../shell/glyph.js';
import { Marked } from '../shell/marked.js';
import { IconButton } from '../shell/toolbar.js';
import { useEditor } from '../store/editor.js';
import { typedValue, type RecipeField, type ShownRecipe } from './fields.js';

export interface RecipeFieldProps {
  readonly analysis: Analysis;
  readonly recipe: ShownRecipe;
  readonly field: RecipeField;
  readonly problems: readonly Problem[];
  readonly disabled: boolean;
  /** It stands below the choice that it belongs to. */
  readonly nested: boolean;
  onAct(acted: Acted): void;
}

/** One word of a recipe, in the form that its table asks for, with what is wrong with it below. */
export function Field(props: RecipeFieldProps) {
  const { analysis, recipe, field, problems, disabled, nested, onAct } = props;
  const editor = useEditor();
  const id = useId();
  const [typed, setTyped] = useState<string | undefined>();
  const { path, written, doc } = field;
  const title = path.at(-1) ?? '';
  const described = typed !== undefined || problems.length > 0 ? `${id}-note` : undefined;
  const common = { id, label: path.join(' '), disabled, wrong: problems.length > 0, describedBy: described };
  const set = (value: JsonValue | undefined) => setRecipeWord(analysis, recipe.target, path, value, field.kind === 'setting' ? field.base : undefined);
  const commit = (value: JsonValue | undefined) => onAct(set(value));
  /** What the reader of recipes says of a value is said while it is typed. */
  const judged = (value: JsonValue | undefined): Entry => {
    const acted = set(value);
    const wrong = isRefusal(acted) ? acted.refused : recipe.wrong(acted.edits, path);
    return wrong === undefined ? { value } : { wrong };
  };
  return (
    <div className={`field ${nested ? 'nested' : ''} ${written === undefined ? '' : 'changed'}`} data-word={path.join('.')}>
      <label htmlFor={id} title={`${title}: ${doc}`}>{title}</label>
      {control()}
      {(typed !== undefined || problems.length > 0) && (
        <div className="note bad" id={described} role="alert">
          {typed !== undefined ? <Marked text={typed} /> : problems.map((problem) => <p key={problem.message}><Marked text={problem.message} />{fixes(problem)}</p>)}
        </div>
      )}
    </div>
  );

  function fixes({ fixes: offered }: Problem): ReactNode {
    return offered.filter(({ refusal }) => refusal === undefined).slice(0, 1).map((fix) => <button key={fix.title} type="button" className="link" disabled={disabled} onClick={() => editor.perform(fix.edits, fix.title)}>{fix.title}</button>);
  }

  function control(): ReactNode {
    switch (field.kind) {
      case 'choice': {
        const names = Object.keys(field.table);
        const options = names.includes(field.chosen) || field.chosen === '' ? names : [field.chosen, ...names];
        return <Select {...common} value={field.chosen} usual={field.usual} options={options} onChange={(name) => onAct(chooseInRecipe(analysis, recipe.target, path[0]!, field.table, name))} />;
      }
      case 'setting': {
        const { setting, usual } = field;
        if (setting.kind === 'flag') return <Check {...common} checked={(written ?? usual) === true} onChange={(on) => commit(on === usual ? undefined : on)} />;
        if (setting.kind === 'choice') {
          const text = written === undefined ? '' : entryText(written);
          const names = setting.choices ?? [];
          return <Select {...common} value={text} usual={entryText(usual)} options={text === '' || names.includes(text) ? names : [text, ...names]} onChange={commit} />;
        }
        const placeholder = setting.required === true ? 'needed' : usual === null || usual === '' ? 'none' : entryText(usual);
        return <CommitInput {...common} text={entryText(written)} placeholder={placeholder} read={(text) => judged(typedValue(text, setting))} onCommit={commit} onTyped={setTyped} />;
      }
      case 'group': {
        const { options } = field;
        const on = options.find((option) => option.on);
        if (options.length === 1) return <Check {...common} checked={on !== undefined} onChange={(wanted) => commit(wanted ? options[0]!.value : undefined)} />;
        return <Select {...common} value={on?.title ?? ''} usual="none" options={options.map((option) => option.title)} onChange={(name) => commit(options.find((option) => option.title === name)?.value)} />;
      }
      case 'paths':
        return <CommitInput {...common} text={entryText(written)} placeholder="nothing" patient read={(text) => judged(pathsOf(text))} onCommit={commit} onTyped={setTyped} />;
      case 'parameter': {
        const text = entryText(written);
        if (typeof field.usual === 'boolean') return <Select {...common} value={text} usual={String(field.usual)} options={['true', 'false']} onChange={(chosen) => commit(chosen === undefined ? undefined : chosen === 'true')} />;
        return <CommitInput {...common} text={text} placeholder={entryText(field.usual)} read={(typedText) => (typedText.trim() === '' ? { value: undefined } : readDefault(typedText, true))} onCommit={commit} onTyped={setTyped} />;
      }
      case 'unknown':
        return <div className="with-action" id={id}><code className="value">{JSON.stringify(written)}</code><IconButton icon="close" title={`Take ${path.join('.')} out of the recipe`} disabled={disabled} onClick={() => commit(undefined)} /></div>;
    }
  }
}

/** "stem, *.bn1" as a list; a list that is none stays text, of which the reader says what it wants. */
const pathsOf = (text: string): JsonValue | undefined => {
  const paths = text.replace(/^\s*\[|\]\s*$/g, '').split(',').map((path) => path.trim().replace(/^"(.*)"$/, '$1')).filter((path) => path !== '');
  return paths.length === 0 ? undefined : paths;
};

interface ControlProps {
  readonly id: string;
  readonly label: string;
  readonly disabled: boolean;
  readonly wrong: boolean;
  readonly describedBy: string | undefined;
}

/** Names to choose from; the first stands for what counts where nothing is written. */
function Select({ id, label, disabled, wrong, describedBy, value, usual, options, onChange }: ControlProps & { readonly value: string; readonly usual: string; readonly options: readonly string[]; onChange(name: string | undefined): void }) {
  return (
    <div className="select">
      <select id={id} className={`input ${value === '' ? 'usual' : ''}`} title={value === '' ? `${usual} (default)` : value} aria-label={label} aria-invalid={wrong} aria-describedby={describedBy} value={value} disabled={disabled} onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}>
        <option value="">{usual === 'default' ? 'PyTorch' : usual} (default)</option>
        {options.map((option) => <option key={option} value={option}>{option}</option>)}
      </select>
      <Icon name="chevron-down" />
    </div>
  );
}

function Check({ id, label, disabled, wrong, describedBy, checked, onChange }: ControlProps & { readonly checked: boolean; onChange(on: boolean): void }) {
  return <input id={id} type="checkbox" className="checkbox" aria-label={label} aria-invalid={wrong} aria-describedby={describedBy} checked={checked} disabled={disabled} onChange={(event) => onChange(event.target.checked)} />;
}
