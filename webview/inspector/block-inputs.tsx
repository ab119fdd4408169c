import type { Block } from '../../lib/document/model.js';
import { formatSource } from '../../lib/document/source.js';
import { Icon } from '../shell/glyph.js';
import { formatTensor } from '../shell/numbers.js';
import { IconButton } from '../shell/toolbar.js';
import { useEditor } from '../store/editor.js';
import { addInputOf, moveInputOf, removeInputOf, renameInputOf } from '../store/operations.js';
import { NameField } from './name-field.js';
import type { UseSubject } from './use-form.js';

/** The inputs of a block in their order, with what arrives there in this use: their names, order and number are the block's, so its uses follow. */
export function BlockInputs({ block, subject, disabled }: { readonly block: Block; readonly subject: UseSubject; readonly disabled: boolean }) {
  const editor = useEditor();
  const { use, each } = subject;
  const inside = each?.kind === 'block' ? each : undefined;
  const names = [...block.inputs.keys()];
  const taken = (own: string) => (name: string) => name !== own && (block.inputs.has(name) || block.nodes.has(name));
  return (
    <section className="section" aria-label={`Inputs of ${block.name}`}>
      <h3 className="caps"><span>Inputs of {block.name}</span><small>what arrives here</small></h3>
      {names.map((name, k) => {
        const arriving = use.inputs[k];
        const source = use.node.in[k];
        const from = source === undefined || source === null ? 'nothing' : formatSource(source);
        return (
          <div key={name} className="fact input-row">
            <NameField name={name} label={`Name of the input ${name}`} disabled={disabled || inside === undefined} taken={taken(name)} onRename={(to) => inside && renameInputOf(editor, `${inside.path}.${name}`, to)} />
            <span className="value" title={`${from}${arriving ? `: ${formatTensor(arriving.tensor.shape)}, ${arriving.tensor.dtype}` : ''}`}>{arriving ? formatTensor(arriving.tensor.shape) : from}</span>
            <span className="input-actions">
              <IconButton icon="arrow-up" title={`Move the input ${name} up`} disabled={disabled || k === 0} onClick={() => moveInputOf(editor, block.name, name, -1)} />
              <IconButton icon="arrow-down" title={`Move the input ${name} down`} disabled={disabled || k === names.length - 1} onClick={() => moveInputOf(editor, block.name, name, 1)} />
              <IconButton icon="close" title={`Remove the input ${name}`} disabled={disabled || names.length === 1} onClick={() => removeInputOf(editor, block.name, name)} />
            </span>
          </div>
        );
      })}
      <button type="button" className="button secondary add" disabled={disabled} title={`${block.name} reads one more tensor; each use gives it its first source until it is wired`} onClick={() => addInputOf(editor, block.name)}><Icon name="add" />Add an input</button>
    </section>
  );
}
