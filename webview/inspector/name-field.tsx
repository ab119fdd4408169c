import { useState } from 'react';
import { isName } from '../../lib/document/names.js';
import { CommitInput } from './field.js';

/** A name that becomes a field when it is pressed (or F2). */
export function NameField({ name, label = 'Name', disabled, taken, wrongly, onRename }: { readonly name: string; readonly label?: string; readonly disabled: boolean; taken?(name: string): boolean; wrongly?(name: string): string | undefined; onRename(to: string): void }) {
  const [editing, setEditing] = useState(false);
  const [wrong, setWrong] = useState<string | undefined>();
  if (!editing || disabled) return <button type="button" className="name" title={label === 'Name' ? 'Rename (F2)' : `Rename: ${label.toLowerCase()}`} disabled={disabled} data-rename={label === 'Name' || undefined} onClick={() => setEditing(true)}>{name}</button>;
  return (
    <>
      <CommitInput label={label} text={name} autoFocus patient
        read={(text) => {
          const typed = text.trim();
          const wrong = !isName(typed) ? 'A name is letters, digits and _, and begins with no digit.' : taken?.(typed) === true ? `“${typed}” is taken here.` : wrongly?.(typed);
          return wrong === undefined ? { value: typed } : { wrong };
        }}
        onCommit={(value) => onRename(String(value))} onTyped={setWrong} onLeave={() => setEditing(false)} />
      {wrong !== undefined && <div className="note bad" role="alert" style={{ fontSize: 11, lineHeight: '15px', color: 'var(--nw-err-text)' }}>{wrong}</div>}
    </>
  );
}
