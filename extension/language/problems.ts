import * as vscode from 'vscode';
import type { Problem, Severity } from '../../lib/document/problem.js';
import type { CommandId } from '../contributions/commands.js';
import type { Designs } from '../designs/designs.js';
import { rangeOf } from '../designs/edits.js';

const severities: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** Shows the problems of every open design in the Problems panel and as squiggles; the canvas shows the same ones. */
export function showProblems(designs: Designs): Shown {
  const collection = vscode.languages.createDiagnosticCollection('netwright');
  const show = (document: vscode.TextDocument) => {
    // The two sides of a diff are versions of one file; their problems would stand twice in the panel.
    if (document.uri.scheme !== 'git') collection.set(document.uri, designs.analysis(document).problems.map((problem) => diagnosticOf(document, designs, problem)));
  };
  const changed = new Map<string, number>();
  const { dispose } = vscode.Disposable.from(
    collection,
    designs.onDidAnalyze(({ document }) => {
      changed.set(document.uri.toString(), Date.now());
      show(document);
    }),
    designs.onDidClose((document) => {
      changed.delete(document.uri.toString());
      collection.delete(document.uri);
    }),
  );
  return { dispose, again: show, areNew: (document) => Date.now() - (changed.get(document.uri.toString()) ?? 0) < SETTLING };
}

export interface Shown extends vscode.Disposable {
  /** Gives the panel the same problems as new rows: each row asks for its fixes only once. */
  again(document: vscode.TextDocument): void;
  /** The rows have just changed with the design: what they ask now they ask by themselves, and nobody has chosen one. */
  areNew(document: vscode.TextDocument): boolean;
}

/** Milliseconds in which the panel has drawn its rows anew. */
const SETTLING = 700;

/** The command that shows a problem on the canvas, as a link, a Quick Fix and a test call it. */
export function showing({ uri }: vscode.TextDocument, { node, code }: Problem): { readonly command: CommandId; readonly arguments: string[] } {
  return { command: 'netwright.showOnCanvas', arguments: [uri.toString(), node, code] };
}

/** A diagnostic's code without its link. */
export const codeOf = ({ code }: vscode.Diagnostic): string | number | undefined => (typeof code === 'object' ? code.value : code);

/** Where a problem stands in the text: on its place, or at the top of the file. */
export function placeOf(document: vscode.TextDocument, designs: Designs, problem: Problem): vscode.Range {
  const range = problem.range ?? designs.parsed(document).rangeOf(problem.place.path, problem.place.part) ?? { start: 0, end: 0 };
  return rangeOf(document, range);
}

function diagnosticOf(document: vscode.TextDocument, designs: Designs, problem: Problem): vscode.Diagnostic {
  const range = placeOf(document, designs, problem);
  const diagnostic = new vscode.Diagnostic(range, problem.message, severities[problem.severity]);
  diagnostic.source = 'netwright';
  const { command, arguments: args } = showing(document, problem);
  diagnostic.code = { value: problem.code, target: vscode.Uri.parse(`command:${command}?${encodeURIComponent(JSON.stringify(args))}`) };
  const program = designs.analysis(document).program;
  diagnostic.relatedInformation = problem.explanation.map((step) => {
    const node = step.node === undefined ? undefined : program.node(step.node);
    const place = node && designs.parsed(document).rangeOf(node.place, 'key');
    return new vscode.DiagnosticRelatedInformation(new vscode.Location(document.uri, place ? rangeOf(document, place) : range), step.text);
  });
  return diagnostic;
}
