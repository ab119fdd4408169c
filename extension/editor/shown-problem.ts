import * as vscode from 'vscode';
import type { Problem } from '../../lib/document/problem.js';
import { viewType } from '../contributions/commands.js';
import type { Shown } from '../language/problems.js';
import type { Canvases } from './canvases.js';

/** Brings problems onto the canvases of their file. */
export interface ShownProblem extends vscode.Disposable {
  /** Opens the canvas, with the keyboard on it, and shows a problem there. */
  show(uri: vscode.Uri, node: string, code: string): Promise<void>;
  /** The row of a problem was chosen: canvases that are open show it, one that the row opens will. The keyboard stays in the panel. */
  choose(document: vscode.TextDocument, problem: Problem): void;
}

interface Wanted {
  readonly uri: string;
  readonly node: string;
  readonly code: string;
  readonly until: number;
}

/** Milliseconds in which a canvas may open for the row that was chosen. */
const OPENING = 10_000;

/** Milliseconds after which new rows have asked for the one under the pointer: VS Code waits a third of a second before it does. */
const HOVERED = 1500;

/** Milliseconds between the row that is selected and the one that gets the focus, which are asked for together. */
const TOGETHER = 100;

export function shownProblem(canvases: Canvases, { again, areNew }: Shown): ShownProblem {
  let wanted: Wanted | undefined;
  const want = (uri: vscode.Uri, node: string, code: string): boolean => {
    wanted = { uri: uri.toString(), node, code, until: Date.now() + OPENING };
    const open = canvases.of(uri);
    for (const canvas of open) canvas.post({ type: 'focusProblem', node, code });
    return open.length > 0;
  };
  const opened = canvases.onDidOpen((canvas) => {
    if (wanted === undefined || wanted.uri !== canvas.document.uri.toString() || Date.now() > wanted.until) return;
    canvas.post({ type: 'focusProblem', node: wanted.node, code: wanted.code });
  });
  let chosen = '';
  let renewed = 0;
  /** The row under the resting pointer, as far as it is known, and when it asked. New rows ask for it by themselves, whatever the keyboard chose. */
  let resting: { readonly row: string; readonly at: number } | undefined;
  return {
    async show(uri, node, code) {
      want(uri, node, code);
      const visible = canvases.of(uri).find(({ panel }) => panel.visible);
      if (visible) visible.panel.reveal(undefined, false);
      else await vscode.commands.executeCommand('vscode.openWith', uri, viewType);
    },
    choose(document, { node, code }) {
      if (areNew(document)) return;
      const row = JSON.stringify([document.uri.toString(), document.version, node, code]);
      const now = Date.now();
      const fresh = now - renewed < HOVERED;
      if (row === chosen) {
        if (fresh) resting = { row, at: now };
      } else {
        if (resting?.row === chosen && now - resting.at < TOGETHER) resting = undefined;
        if (fresh && row === resting?.row) return;
      }
      want(document.uri, node, code);
      if (row === chosen) return;
      // Rows ask only once: new ones can be chosen once more.
      chosen = row;
      renewed = now;
      again(document);
    },
    dispose: () => void opened.dispose(),
  };
}
