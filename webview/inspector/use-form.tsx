import { blockUses } from '../../lib/actions/index.js';
import type { Analysis } from '../../lib/analysis/analysis.js';
import type { JsonValue } from '../../lib/document/json.js';
import { operatorIn } from '../../lib/program/index.js';
import type { ParamSpec, ParamValue } from '../../lib/operators/operator.js';
import { keyOf } from '../../lib/layout/view.js';
import { familyColour, Icon, mergeColours } from '../shell/glyph.js';
import { IconButton } from '../shell/toolbar.js';
import { makeOwn, rename, renameUsedBlock, setWord } from '../store/operations.js';
import { useEditor, useEditorState } from '../store/editor.js';
import type { Subject } from '../store/subject.js';
import { BlockInputs } from './block-inputs.js';
import { Connections } from './connections.js';
import { Cost } from './cost.js';
import { specOfDefault } from './entry.js';
import { ParamField } from './field.js';
import { NameField } from './name-field.js';
import { OutputShape } from './output-shape.js';
import { ProblemsHere } from './problems-here.js';
import { ReceptiveFieldSection } from './receptive-field.js';
import { ScopeParams } from './scope-params.js';
import { Words } from './words.js';

export type UseSubject = Extract<Subject, { kind: 'use' }>;

/** The form of one written node: a layer, or a use of a block. */
export function UseForm({ analysis, subject }: { readonly analysis: Analysis; readonly subject: UseSubject }) {
  const editor = useEditor();
  const readOnly = useEditorState((state) => state.settings?.readOnly === true || state.unreadable !== undefined);
  const { use, scope, node, path } = subject;
  const block = analysis.parsed.document.blocks.get(use.node.op);
  const declaration = block ? undefined : (node?.operator ?? operatorIn(analysis.parsed.document, use.node.op));
  const within = scope.path === '' ? '' : ` · in ${keyOf(scope.path)}`;
  const specs = block ? new Map([...block.params].map(([name, value]) => [name, specOfDefault(value)])) : (declaration?.params ?? new Map<string, ParamSpec>());
  const values = node?.params ?? (subject.each?.kind === 'block' ? subject.each.instance.params : {});
  return (
    <>
      <header className="inspector-head">
        <span className="swatch" style={{ '--c': declaration?.merge ? mergeColours[declaration.merge] : familyColour(declaration?.family) } as React.CSSProperties} />
        <div className="names">
          <NameField name={use.name} disabled={readOnly} taken={(name) => name !== use.name && (scope.uses.has(name) || scope.block.inputs.has(name))} onRename={(to) => rename(editor, path, to)} />
          <div className="caps" title={declaration?.doc}>{use.node.op}{within}</div>
        </div>
        <IconButton icon="ellipsis" title="Actions" onClick={() => editor.store.set({ menu: { paths: [path], at: menuPlace(), target: { kind: 'node', path } } })} />
        <span className="floating-only"><IconButton icon="close" title="Close" onClick={() => editor.select([])} /></span>
      </header>
      <ProblemsHere analysis={analysis} path={path} />
      {block && <BlockUses analysis={analysis} subject={subject} disabled={readOnly} />}
      {use.node.repeat && <Repetition subject={subject} />}
      <Params specs={specs} written={use.node.params} values={values} path={path} analysis={analysis} disabled={readOnly} onCommit={(name, value) => setWord(editor, path, name, value)} />
      <OutputShape subject={subject} />
      <Cost analysis={analysis} subject={subject} />
      {node && <ReceptiveFieldSection analysis={analysis} path={node.path} scope={scope} />}
      {block && <BlockInputs block={block} subject={subject} disabled={readOnly} />}
      {block && (
        <ScopeParams analysis={analysis} block={block} disabled={readOnly} title={`Defaults of ${block.name}`} />
      )}
      <Words subject={subject} declaration={declaration} disabled={readOnly} />
      <Connections analysis={analysis} subject={subject} disabled={readOnly} />
    </>
  );
}

const menuPlace = () => ({ x: innerWidth - 236, y: 64 });

function Params({ specs, written, values, path, analysis, disabled, onCommit }: { readonly specs: ReadonlyMap<string, ParamSpec>; readonly written: ReadonlyMap<string, JsonValue>; readonly values: Readonly<Record<string, ParamValue>>; readonly path: string; readonly analysis: Analysis; readonly disabled: boolean; onCommit(name: string, value: JsonValue | undefined): void }) {
  // What the input says by itself (in_channels) is shown only where the design asserts it.
  const shown = [...specs].filter(([name, spec]) => spec.assertion !== true || written.has(name));
  const unknown = [...written].filter(([name]) => !specs.has(name));
  if (shown.length + unknown.length === 0) return null;
  const wrong = (name: string) => analysis.problems.find((problem) => problem.node === path && problem.at !== undefined && 'param' in problem.at && problem.at.param === name && problem.severity === 'error')?.message;
  return (
    <section className="section" aria-label="Parameters">
      <h3 className="caps">Parameters</h3>
      {shown.map(([name, spec]) => (
        <ParamField key={name} name={name} spec={spec} written={written.get(name)} value={values[name]} disabled={disabled} wrong={wrong(name)} onCommit={(value) => onCommit(name, value)} />
      ))}
      {unknown.map(([name, value]) => (
        <ParamField key={name} name={name} spec={specOfDefault(value)} written={value} value={undefined} disabled={disabled} wrong={wrong(name)} onCommit={(next) => onCommit(name, next)} />
      ))}
    </section>
  );
}

function BlockUses({ analysis, subject, disabled }: { readonly analysis: Analysis; readonly subject: UseSubject; readonly disabled: boolean }) {
  const editor = useEditor();
  const name = subject.use.node.op;
  const uses = blockUses(analysis.parsed.document, name).length;
  const open = useEditorState((state) => state.view).expanded.has(keyOf(subject.path));
  return (
    <section className="section uses">
      <div>
        <div className="block-name"><span>Block</span><NameField key={name} name={name} label="Name of the block" disabled={disabled} taken={(other) => other !== name && (analysis.parsed.document.blocks.has(other) || operatorIn(analysis.parsed.document, other) !== undefined)} onRename={(to) => renameUsedBlock(editor, name, to)} /></div>
        {uses === 1 ? <>The only use of <b className="strong mono">{name}</b>.</> : <><b className="strong num">{uses} uses</b> – an edit inside changes all.</>}
      </div>
      <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap' }}>
        <button type="button" className="button secondary" onClick={() => editor.openBlock(subject.path)}><Icon name={open ? 'chevron-down' : 'chevron-right'} />{open ? 'Close' : 'Open'}</button>
        {uses > 1 && <button type="button" className="button secondary" disabled={disabled} title={`Copies ${name} under a new name for this use alone`} onClick={() => makeOwn(editor, subject.path)}>Make this use its own</button>}
      </div>
    </section>
  );
}

function Repetition({ subject }: { readonly subject: UseSubject }) {
  const editor = useEditor();
  const view = useEditorState((state) => state.view);
  const times = subject.use.each.length;
  const k = /\[(\d+)\]$/.exec(subject.path)?.[1];
  const now = Math.min(Number(k ?? view.repetition.get(keyOf(subject.path)) ?? 0), Math.max(0, times - 1));
  const step = (to: number) => editor.stepRepetition(subject.use.path, to);
  if (times < 2) return null;
  return (
    <section className="section">
      <h3 className="caps"><span>Repetition</span>
        <span className="stepper" role="group" aria-label="Repetition shown">
          <IconButton icon="chevron-left" title="Previous repetition" disabled={now === 0} onClick={() => step(now - 1)} />
          <span className="num strong" aria-live="polite">{now + 1} of {times}</span>
          <IconButton icon="chevron-right" title="Next repetition" disabled={now >= times - 1} onClick={() => step(now + 1)} />
        </span>
      </h3>
    </section>
  );
}
