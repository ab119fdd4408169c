import * as vscode from 'vscode';
import type { JsonPath } from '../../lib/document/json.js';
import { openChannel } from '../../lib/protocol/channel.js';
import type { EditorSettings, HostCommand, ToEditor, ToHost } from '../../lib/protocol/messages.js';
import { viewType } from '../contributions/commands.js';
import type { Designs } from '../designs/designs.js';
import { applyEdits, rangeOf } from '../designs/edits.js';
import { isInDiff, openTextDiff } from './diffs.js';
import { pageOf, pageOptions } from './page.js';
import { readTemplates } from './templates.js';

/** One open canvas: a webview on a text document. Split views have one each. */
export interface Canvas {
  readonly document: vscode.TextDocument;
  readonly panel: vscode.WebviewPanel;
  post(message: ToEditor): void;
}

export interface Canvases extends vscode.Disposable {
  readonly all: ReadonlySet<Canvas>;
  /** The canvas that has the focus. */
  active(): Canvas | undefined;
  of(uri: vscode.Uri): readonly Canvas[];
  readonly onDidOpen: vscode.Event<Canvas>;
}

/** Runs a command that the page asks for. */
export type CommandRunner = (command: HostCommand, canvas: Canvas, argument: string | undefined) => unknown;

/** Registers the custom editor. The text document is the only truth: the page holds no history, VS Code owns undo, save, hot exit and split views. */
export function registerCanvases(extensionUri: vscode.Uri, designs: Designs, run: CommandRunner): Canvases {
  const all = new Set<Canvas>();
  const opened = new vscode.EventEmitter<Canvas>();
  const of = (uri: vscode.Uri) => [...all].filter(({ document }) => document.uri.toString() === uri.toString());

  const settingsOf = async (document: vscode.TextDocument): Promise<EditorSettings> => ({
    trusted: vscode.workspace.isTrusted,
    readOnly: vscode.workspace.fs.isWritableFileSystem(document.uri.scheme) === false,
    diff: isInDiff(document.uri),
    host: 'vscode',
    templates: await readTemplates(extensionUri),
    runLabel: 'Train',
  });

  const resolve = (document: vscode.TextDocument, panel: vscode.WebviewPanel) => {
    const channel = openChannel<ToEditor, ToHost>({
      post: (message) => void panel.webview.postMessage(message),
      listen: (receive) => {
        const subscription = panel.webview.onDidReceiveMessage(receive);
        return () => subscription.dispose();
      },
    });
    const canvas: Canvas = { document, panel, post: channel.send };
    const sendDocument = () =>
      channel.send({ type: 'document', version: document.version, text: document.getText(), name: document.uri.path.split('/').at(-1) ?? '', dirty: document.isDirty });
    const sendSettings = async () => channel.send({ type: 'settings', settings: await settingsOf(document) });

    channel.on('ready', async () => {
      await sendSettings();
      sendDocument();
      opened.fire(canvas);
    });
    channel.answer('edit', async ({ edits }) => {
      const refusal = await applyEdits(designs, document, edits);
      return { type: 'edited', ok: refusal === undefined, version: document.version, ...(refusal ? { reason: refusal.refused } : {}) };
    });
    channel.on('select', ({ paths }) => selectInText(designs, document, paths));
    channel.on('reveal', ({ path }) => void revealInText(designs, document, path));
    channel.on('command', ({ command, argument }) => run(command, canvas, argument));
    channel.on('copy', ({ text }) => void vscode.env.clipboard.writeText(text));

    const subscriptions = [
      vscode.workspace.onDidChangeTextDocument((event) => event.document === document && sendDocument()),
      vscode.workspace.onDidSaveTextDocument((saved) => saved === document && sendDocument()),
      vscode.workspace.onDidGrantWorkspaceTrust(sendSettings),
    ];
    all.add(canvas);
    panel.onDidDispose(() => {
      all.delete(canvas);
      channel.close();
      for (const subscription of subscriptions) subscription.dispose();
    });
    if (isInDiff(document.uri)) void openTextDiff(all);
    panel.webview.options = pageOptions(extensionUri);
    panel.webview.html = pageOf(panel.webview, extensionUri);
  };

  return {
    all,
    of,
    active: () => [...all].find(({ panel }) => panel.active),
    onDidOpen: opened.event,
    dispose: vscode.Disposable.from(
      opened,
      vscode.window.registerCustomEditorProvider(viewType, { resolveCustomTextEditor: resolve }, { webviewOptions: { retainContextWhenHidden: true }, supportsMultipleEditorsPerDocument: true }),
      followTextSelection(designs, of),
    ).dispose,
  };
}

/** The cursor of a text editor moves the selection of the canvases of the same file. */
function followTextSelection(designs: Designs, of: (uri: vscode.Uri) => readonly Canvas[]): vscode.Disposable {
  return vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections, kind }) => {
    // A selection that the canvas set has no kind; sending it back would move the canvas.
    if (kind === undefined || !designs.isDesign(textEditor.document)) return;
    const canvases = of(textEditor.document.uri);
    if (canvases.length === 0) return;
    const parsed = designs.parsed(textEditor.document);
    const paths = selections.map(({ active }) => parsed.pathAt(textEditor.document.offsetAt(active))).filter((path) => path !== undefined).map(thingOf);
    for (const canvas of canvases) canvas.post({ type: 'select', paths });
  });
}

/** The node or input that a place in the text belongs to: what can be selected on the canvas. */
function thingOf(path: JsonPath): JsonPath {
  const scope = path[0] === 'blocks' ? 2 : 0;
  return path[scope] === 'nodes' || path[scope] === 'inputs' ? path.slice(0, scope + 2) : path;
}

/** Shows the canvas's selection in every visible text editor of the file; focus stays where it is. */
function selectInText(designs: Designs, document: vscode.TextDocument, paths: readonly JsonPath[]): void {
  const parsed = designs.parsed(document);
  const ranges = paths.map((path) => parsed.rangeOf(path, 'key') ?? parsed.rangeOf(path)).filter((range) => range !== undefined);
  const first = ranges[0];
  if (!first) return;
  for (const editor of vscode.window.visibleTextEditors) {
    if (editor.document !== document) continue;
    editor.selections = ranges.map((range) => {
      const { start, end } = rangeOf(document, range);
      return new vscode.Selection(start, end);
    });
    editor.revealRange(rangeOf(document, first), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

async function revealInText(designs: Designs, document: vscode.TextDocument, path: JsonPath): Promise<void> {
  const range = designs.parsed(document).rangeOf(path, 'key') ?? designs.parsed(document).rangeOf(path);
  const open = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  await vscode.window.showTextDocument(document, {
    viewColumn: open?.viewColumn ?? vscode.ViewColumn.Beside,
    preserveFocus: true,
    ...(range ? { selection: rangeOf(document, range) } : {}),
  });
}
