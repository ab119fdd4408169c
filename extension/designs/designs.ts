import * as vscode from 'vscode';
import type { Analysis } from '../../lib/analysis/analysis.js';
import { createAnalysis } from '../../lib/analysis/analyze.js';
import { parse, type Parsed } from '../../lib/document/parse.js';

/** What the extension knows of every open *.nnet.json, on a canvas or as text only. Analyses are made once a version and shared by all who ask. */
export interface Designs extends vscode.Disposable {
  isDesign(document: vscode.TextDocument): boolean;
  parsed(document: vscode.TextDocument): Parsed;
  analysis(document: vscode.TextDocument): Analysis;
  /** A new text was analysed: soon after it was opened or changed. */
  readonly onDidAnalyze: vscode.Event<Analyzed>;
  readonly onDidClose: vscode.Event<vscode.TextDocument>;
}

export interface Analyzed {
  readonly document: vscode.TextDocument;
  readonly analysis: Analysis;
}

interface Entry {
  readonly analyzer: ReturnType<typeof createAnalysis>;
  version: number;
  parsed?: Parsed;
  analysis?: Analysis;
  timer?: NodeJS.Timeout;
  /** How long the last analysis took; a slow one is not started at every keystroke. */
  cost: number;
}

const shortest = 15;
const longest = 1000;

export const isDesign = (document: vscode.TextDocument): boolean => document.uri.path.endsWith('.nnet.json');

/** Watches all text documents of the window. */
export function watchDesigns(): Designs {
  const entries = new Map<string, Entry>();
  const analyzed = new vscode.EventEmitter<Analyzed>();
  const closed = new vscode.EventEmitter<vscode.TextDocument>();

  const entryOf = (document: vscode.TextDocument): Entry => {
    const key = document.uri.toString();
    let entry = entries.get(key);
    if (!entry) entries.set(key, (entry = { analyzer: createAnalysis(), version: -1, cost: 0 }));
    if (entry.version !== document.version || !entry.parsed) {
      entry.parsed = parse(document.getText(), entry.parsed);
      entry.version = document.version;
      delete entry.analysis;
    }
    return entry;
  };

  const analyze = (document: vscode.TextDocument): Analysis => {
    const entry = entryOf(document);
    if (!entry.analysis) {
      const start = performance.now();
      entry.analysis = entry.analyzer.update(entry.parsed!);
      entry.cost = performance.now() - start;
    }
    return entry.analysis;
  };

  // The timer is not put off by further keystrokes, so problems follow while somebody types; it only waits half as long as an analysis takes.
  const schedule = (document: vscode.TextDocument) => {
    if (!isDesign(document)) return;
    const entry = entryOf(document);
    entry.timer ??= setTimeout(() => {
      delete entry.timer;
      if (!document.isClosed) analyzed.fire({ document, analysis: analyze(document) });
    }, Math.min(longest, Math.max(shortest, entry.cost / 2)));
  };

  const subscriptions = [
    analyzed,
    closed,
    vscode.workspace.onDidOpenTextDocument(schedule),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => contentChanges.length > 0 && schedule(document)),
    vscode.workspace.onDidCloseTextDocument((document) => {
      const key = document.uri.toString();
      clearTimeout(entries.get(key)?.timer);
      if (entries.delete(key)) closed.fire(document);
    }),
  ];
  vscode.workspace.textDocuments.forEach(schedule);

  return {
    isDesign,
    parsed: (document) => entryOf(document).parsed!,
    analysis: analyze,
    onDidAnalyze: analyzed.event,
    onDidClose: closed.event,
    dispose() {
      for (const { timer } of entries.values()) clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}
