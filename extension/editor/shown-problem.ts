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
  return {
    async show(uri, node, code) {
      want(uri, node, code);
      const visible = canvases.of(uri).find(({ panel }) => panel.visible);
      if (visible) visible.panel.reveal(undefined, false);
      else await vscode.commands.executeCommand('vscode.openWith', uri, viewType);
    },
    choose(document, { node, code }) {
      if (areNew(document)) return;
      want(document.uri, node, code);
      // New rows ask once more for the one that has the focus; that one is known by now.
      const row = JSON.stringify([document.uri.toString(), document.version, node, code]);
      if (row === chosen) return;
      chosen = row;
      again(document);
    },
    dispose: () => void opened.dispose(),
  };
}
