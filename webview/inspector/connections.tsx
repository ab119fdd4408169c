import type { Analysis } from '../../lib/analysis/analysis.js';
import type { Source } from '../../lib/document/model.js';
import { operatorIn, type Instance, type Use } from '../../lib/program/index.js';
import { Icon } from '../shell/glyph.js';
import { putOut, readAlso } from '../store/operations.js';
import { useEditor } from '../store/editor.js';
import type { UseSubject } from './use-form.js';

/** Where its inputs come from and who reads it, within its own scope. */
export function Connections({ analysis, subject, disabled }: { readonly analysis: Analysis; readonly subject: UseSubject; readonly disabled: boolean }) {
  const editor = useEditor();
  const { scope, use } = subject;
  const candidates = takesMore(analysis, use) ? sourcesFor(scope, use.name) : [];
  const path = (name: string) => (scope.path === '' ? name : `${scope.path}.${name}`);
  const readers = [...scope.uses.values()].filter((other) => other.node.in.some((source) => nameOf(source) === use.name));
  const outputs = scope.block.outputs.filter(({ source }) => nameOf(source) === use.name);
  const others = (name: string) => [...scope.uses.values()].filter((other) => other !== use && other.node.in.some((source) => nameOf(source) === name)).map((other) => other.name);
  return (
    <section className="section" aria-label="Connections">
      <h3 className="caps">Connections</h3>
      {use.node.in.map((source, k) => {
        const name = nameOf(source);
        const also = name === undefined ? [] : others(name);
        return (
          <Row key={k} title={k === 0 ? 'from' : ''} note={use.cut[k] === true ? 'off' : also.length > 0 ? `also feeds ${also.length > 2 ? `${also.length} layers` : also.join(', ')}` : ''}>
            {name === undefined ? <span className="value mono">{source === null ? 'left out' : String(source)}</span> : scope.block.inputs.has(name) ? scope.path === '' ? <To path={name} text={written(source)} /> : <To path={scope.path} text={written(source)} /> : <To path={path(name)} text={written(source)} />}
          </Row>
        );
      })}
      {candidates.length > 0 && (
        <Row title={use.node.in.length === 0 ? 'from' : ''} note="">
          <div className="select">
            <select className="input" aria-label="Read one more layer" value="" disabled={disabled} onChange={(event) => readAlso(editor, subject.path, path(event.target.value), use.node.in.length)}>
              <option value="" disabled>{use.node.in.length === 0 ? 'choose a source …' : 'one more …'}</option>
              {candidates.map((name) => <option key={name} value={name}>{name}</option>)}
            </select>
            <Icon name="chevron-down" />
          </div>
        </Row>
      )}
      {readers.map((other, k) => <Row key={other.name} title={k === 0 ? 'to' : ''} note={other.node.op}><To path={path(other.name)} text={other.name} /></Row>)}
      {outputs.map((output, k) => <Row key={`output ${k}`} title={readers.length === 0 && k === 0 ? 'to' : ''} note=""><span className="mono dim">{scope.path === '' ? 'output' : `output of ${scope.block.name}`}{output.name === undefined ? '' : ` ${output.name}`}</span></Row>)}
      {readers.length + outputs.length === 0 && <Row title="to" note=""><span className="dim">nobody reads it</span></Row>}
      {outputs.length === 0 && <button type="button" className="button secondary add" disabled={disabled} title="What it gives becomes an output as well" onClick={() => putOut(editor, subject.path)}><Icon name="add" />Make it an output</button>}
      <Weights analysis={analysis} subject={subject} />
    </section>
  );
}

/** Whether a node can read one more source than it does. */
function takesMore(analysis: Analysis, use: Use): boolean {
  const block = analysis.parsed.document.blocks.get(use.node.op);
  if (block) return use.node.in.length < block.inputs.size;
  const inputs = operatorIn(analysis.parsed.document, use.node.op)?.inputs ?? [];
  return use.node.in.length < inputs.length || inputs.some(({ variadic }) => variadic === true);
}

/** Inputs and nodes of a scope that stand before a node or beside it: none that reads it, directly or not. */
function sourcesFor(scope: Instance, name: string): readonly string[] {
  const behind = new Set([name]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const other of scope.uses.values()) {
      if (behind.has(other.name) || !other.node.in.some((source) => behind.has(nameOf(source) ?? ''))) continue;
      behind.add(other.name);
      grown = true;
    }
  }
  return [...scope.block.inputs.keys(), ...scope.uses.keys()].filter((other) => !behind.has(other));
}

/** Who shares its weights. */
function Weights({ subject }: { readonly analysis: Analysis; readonly subject: UseSubject }) {
  const { scope, use } = subject;
  const users = [...scope.uses.values()].filter((other) => other.node.weights?.replace(/\[\d+\]/g, '') === use.name);
  return users.map((other) => <Row key={other.name} title="weights" note="uses them too"><To path={scope.path === '' ? other.name : `${scope.path}.${other.name}`} text={other.name} /></Row>);
}

function Row({ title, note, children }: { readonly title: string; readonly note: string; readonly children: React.ReactNode }) {
  return <div className="fact link-row"><span className="dim">{title}</span>{children}<span className="share">{note}</span></div>;
}

export function To({ path, text }: { readonly path: string; readonly text: string }) {
  const editor = useEditor();
  return (
    <a className="link" role="button" tabIndex={0} title={`Show ${path}`} onClick={() => editor.show(path)} onKeyDown={(event) => event.key === 'Enter' && editor.show(path)}>{text}</a>
  );
}

const nameOf = (source: Source): string | undefined => (typeof source === 'object' && source !== null ? source.name : undefined);
const written = (source: Source): string => (typeof source === 'object' && source !== null ? `${source.name}${source.repetition === undefined ? '' : `[${source.repetition}]`}${source.port === undefined ? '' : `.${source.port}`}` : String(source));
