/** One command of the palette: how it is called, where it stands and which key runs it. The handlers are in extension/commands. */
export interface CommandRow {
  readonly title: string;
  readonly icon?: string;
  /** When the command can run; the palette hides it otherwise. */
  readonly when: string;
  readonly menus?: readonly MenuPlace[];
  readonly keybinding?: { readonly key: string; readonly mac?: string; readonly when: string };
}

export interface MenuPlace {
  readonly menu: 'editor/title' | 'editor/title/run' | 'editor/title/context' | 'explorer/context' | 'file/newFile';
  readonly when?: string;
  readonly group: string;
}

export const viewType = 'netwright.editor';

const isDesign = 'resourceFilename =~ /\\.nnet\\.json$/';
const onCanvas = `activeCustomEditorId == '${viewType}'`;
const inText = `${isDesign} && activeCustomEditorId != '${viewType}'`;
const canRun = `isWorkspaceTrusted && ${isDesign}`;

/** In the order of menus. A row without a handler does not compile (extension/commands/commands.ts). */
export const commands = {
  'netwright.openCanvas': {
    title: 'Open Canvas',
    icon: '$(type-hierarchy-sub)',
    when: inText,
    menus: [
      { menu: 'editor/title', when: `${inText} && !isInDiffEditor`, group: 'navigation@1' },
      { menu: 'explorer/context', when: isDesign, group: 'navigation@21' },
    ],
    keybinding: { key: 'ctrl+alt+t', mac: 'cmd+alt+t', when: `editorTextFocus && ${isDesign}` },
  },
  'netwright.openAsText': {
    title: 'Open as Text',
    icon: '$(go-to-file)',
    when: onCanvas,
    menus: [
      { menu: 'editor/title', when: onCanvas, group: 'navigation@1' },
      { menu: 'explorer/context', when: isDesign, group: 'navigation@22' },
    ],
    keybinding: { key: 'ctrl+alt+t', mac: 'cmd+alt+t', when: onCanvas },
  },
  'netwright.showOnCanvas': { title: 'Show Problem on the Canvas', when: 'false' },
  'netwright.openTextDiff': { title: 'Open as Text Diff', icon: '$(diff)', when: 'false' },
  'netwright.newFromTemplate': {
    title: 'New Network from Template...',
    icon: '$(new-file)',
    when: 'true',
    menus: [{ menu: 'file/newFile', group: 'file' }],
  },
  'netwright.train': {
    title: 'Train',
    icon: '$(play)',
    when: canRun,
    menus: [{ menu: 'editor/title/run', when: `${canRun} && !isInDiffEditor`, group: 'navigation@1' }],
    keybinding: { key: 'ctrl+alt+enter', mac: 'cmd+alt+enter', when: canRun },
  },
  'netwright.trace': {
    title: 'Trace Shapes',
    icon: '$(list-tree)',
    when: canRun,
    menus: [{ menu: 'editor/title/run', when: `${canRun} && !isInDiffEditor`, group: 'navigation@2' }],
  },
  'netwright.check': {
    title: 'Check',
    icon: '$(check)',
    when: canRun,
    menus: [{ menu: 'editor/title/run', when: `${canRun} && !isInDiffEditor`, group: 'navigation@3' }],
  },
  'netwright.resume': { title: 'Resume Run', icon: '$(debug-continue)', when: `${canRun} && !netwright.running` },
  'netwright.stop': {
    title: 'Stop Run',
    icon: '$(debug-stop)',
    when: 'netwright.running',
    menus: [{ menu: 'editor/title', when: `netwright.running && ${isDesign}`, group: 'navigation@0' }],
  },
  'netwright.copyPyTorch': {
    title: 'Copy as PyTorch',
    icon: '$(clippy)',
    when: isDesign,
    menus: [
      { menu: 'editor/title', when: isDesign, group: '5_netwright@1' },
      { menu: 'explorer/context', when: isDesign, group: '6_copypath@30' },
    ],
  },
  'netwright.doctor': { title: 'Doctor: What Trains Here', when: 'isWorkspaceTrusted' },
  'netwright.showProblems': { title: 'Show Problems of the Design', when: isDesign },
} as const satisfies Record<string, CommandRow>;

export type CommandId = keyof typeof commands;
