import { useEffect, useMemo, useRef, useState } from 'react';
import { addRecipe, duplicateRecipe, freeRecipeName, isRefusal, recipeNameProblem, removeRecipe, renameRecipe, type Acted } from '../../lib/actions/index.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import { CommitInput } from '../inspector/field.js';
import { runChoice } from '../run/choice.js';
import { Icon } from '../shell/glyph.js';
import { Marked } from '../shell/marked.js';
import { IconButton, runHindrance, startRun } from '../shell/toolbar.js';
import { useEditor, useEditorState } from '../store/editor.js';
import { problemsByField, recipeName, shownRecipe } from './fields.js';
import { Field } from './recipe-field.js';

/** The recipes of the design: which one Run takes, and what it says. Each change is one step of undo. */
export function RecipeForm({ analysis }: { readonly analysis: Analysis }) {
  const editor = useEditor();
  const chosen = useEditorState((state) => state.recipe);
  const readOnly = useEditorState((state) => state.settings?.readOnly === true || state.unreadable !== undefined);
  const name = recipeName(analysis, chosen);
  const recipe = useMemo(() => shownRecipe(analysis, name), [analysis, name]);
  const choice = useMemo(() => runChoice(analysis, name), [analysis, name]);
  const problems = useMemo(() => problemsByField([...analysis.problems, ...('problem' in choice && choice.problem ? [choice.problem] : [])], recipe), [analysis, choice, recipe]);
  const hindrance = useEditorState(runHindrance);
  /** Does it, and lets Run take the recipe that it is about. */
  const act = (acted: Acted, next = recipe.target) => {
    if (isRefusal(acted)) return editor.notify('warning', acted.refused.replace(/`/g, ''));
    if (acted.edits.length === 0) return;
    editor.perform(acted.edits, acted.label);
    if (next !== name || !recipe.isWritten) editor.store.set({ recipe: next });
  };
  const obstacle = hindrance ?? ('obstacle' in choice ? choice.obstacle : undefined);
  const own = problems.get('') ?? [];
  return (
    <div className="recipe" role="tabpanel" aria-label="Recipe">
      <Bar analysis={analysis} name={name} isWritten={recipe.isWritten} disabled={readOnly} act={act}>
        <button type="button" className="button secondary" disabled={obstacle !== undefined} title={obstacle ?? 'Train with this recipe on this machine'} onClick={() => startRun(editor)}><Icon name="play" />Run this recipe</button>
      </Bar>
      <div className="recipe-notes">
        {!recipe.isWritten && <p className="dim">This is what the shapes of the network suggest. The first change writes it into the file as the recipe <b>{recipe.target}</b>.</p>}
        {[...own.map(({ message }) => message), ...(hindrance === undefined && 'obstacle' in choice && !own.some(({ message }) => message === choice.obstacle) && !isAtField(problems, choice.obstacle) ? [choice.obstacle] : [])].map((message) => <p key={message} className="bad" role="alert"><Marked text={message} /></p>)}
      </div>
      <div className="recipe-words">
        {recipe.sections.map(({ title, fields }) => (
          <section key={title} aria-label={title}>
            <h3 className="caps">{title}</h3>
            {fields.map((field) => <Field key={`${name} ${field.kind} ${field.path.join('.')}`} analysis={analysis} recipe={recipe} field={field} problems={problems.get(field.path.join('.')) ?? []} disabled={readOnly} nested={field.path.length > 1 && fields.some(({ path }) => path.length === 1)} onAct={act} />)}
          </section>
        ))}
      </div>
    </div>
  );
}

const isAtField = (problems: ReturnType<typeof problemsByField>, message: string): boolean => [...problems.values()].some((each) => each.some((problem) => problem.message === message));

interface BarProps {
  readonly analysis: Analysis;
  readonly name: string;
  readonly isWritten: boolean;
  readonly disabled: boolean;
  act(acted: Acted, next?: string): void;
  readonly children: React.ReactNode;
}

/** Which recipe, and what can be done with it as a whole. */
function Bar({ analysis, name, isWritten, disabled, act, children }: BarProps) {
  const editor = useEditor();
  const [renaming, setRenaming] = useState(false);
  const [wrong, setWrong] = useState<string | undefined>();
  const rename = useRef<HTMLSpanElement>(null);
  const was = useRef(false);
  // The keyboard goes back to the button that it came from.
  useEffect(() => {
    if (was.current && !renaming) rename.current?.querySelector('button')?.focus();
    was.current = renaming;
  }, [renaming]);
  const { training } = analysis.parsed.document;
  const names = [...training.keys()];
  const fresh = freeRecipeName(training);
  const copy = freeRecipeName(training, name);
  return (
    <div className="recipe-bar">
      <span className="dim" id="recipe-name">Recipe</span>
      {renaming ? (
        <CommitInput label="Name of the recipe" text={name} autoFocus patient onTyped={setWrong} onLeave={() => setRenaming(false)}
          read={(text) => { const problem = recipeNameProblem(analysis, text.trim(), name); return problem === undefined ? { value: text.trim() } : { wrong: problem }; }}
          onCommit={(to) => act(renameRecipe(analysis, name, String(to)), String(to))} />
      ) : (
        <span className="select">
          <select className="input" aria-labelledby="recipe-name" value={name} onChange={(event) => editor.store.set({ recipe: event.target.value })}>
            {names.map((each) => <option key={each} value={each}>{each}</option>)}
            {!training.has('default') && <option value="default">default, by the shapes</option>}
          </select>
          <Icon name="chevron-down" />
        </span>
      )}
      {wrong !== undefined && renaming && <span className="bad" role="alert"><Marked text={wrong} /></span>}
      <span className="recipe-actions" ref={rename}>
        <IconButton icon="edit" title={`Rename the recipe ${name}`} disabled={disabled || !isWritten || renaming} onClick={() => setRenaming(true)} />
        <IconButton icon="add" title={`Add the recipe ${fresh}`} disabled={disabled} onClick={() => act(addRecipe(analysis, fresh), fresh)} />
        <IconButton icon="copy" title={`Duplicate the recipe ${name}`} disabled={disabled || !isWritten} onClick={() => act(duplicateRecipe(analysis, name, copy), copy)} />
        <IconButton icon="trash" title={`Delete the recipe ${name}`} disabled={disabled || !isWritten} onClick={() => act(removeRecipe(analysis, name))} />
      </span>
      <span className="spacer" />
      {children}
    </div>
  );
}
