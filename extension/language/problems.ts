import * as vscode from 'vscode';
import type { Problem, Severity } from '../../lib/document/problem.js';
import type { Designs } from '../designs/designs.js';
import { rangeOf } from '../designs/edits.js';

const severities: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** Shows the problems of every open design in the Problems panel and as squiggles; the canvas shows the same ones. */
export function showProblems(designs: Designs): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('netwright');
  return vscode.Disposable.from(
    collection,
    designs.onDidAnalyze(({ document, analysis }) => {
      // The two sides of a diff are versions of one file; their problems would stand twice in the panel.
      if (document.uri.scheme === 'git') return;
      collection.set(document.uri, analysis.problems.map((problem) => diagnosticOf(document, designs, problem)));
    }),
    designs.onDidClose((document) => collection.delete(document.uri)),
  );
}

/** Where a problem stands in the text: on its place, or at the top of the file. */
export function placeOf(document: vscode.TextDocument, designs: Designs, problem: Problem): vscode.Range {
  const range = problem.range ?? designs.parsed(document).rangeOf(problem.place.path, problem.place.part) ?? { start: 0, end: 0 };
  return rangeOf(document, range);
}

function diagnosticOf(document: vscode.TextDocument, designs: Designs, problem: Problem): vscode.Diagnostic {
  const range = placeOf(document, designs, problem);
  const diagnostic = new vscode.Diagnostic(range, problem.message, severities[problem.severity]);
  diagnostic.source = 'netwright';
  diagnostic.code = problem.code;
  const program = designs.analysis(document).program;
  diagnostic.relatedInformation = problem.explanation.map((step) => {
    const node = step.node === undefined ? undefined : program.node(step.node);
    const place = node && designs.parsed(document).rangeOf(node.place, 'key');
    return new vscode.DiagnosticRelatedInformation(new vscode.Location(document.uri, place ? rangeOf(document, place) : range), step.text);
  });
  return diagnostic;
}
