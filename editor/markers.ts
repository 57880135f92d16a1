/**
 * Diagnostics as Monaco shows them: squiggles with code, message, remedy and related places. Beside
 * them what the last run of a scenario did not find.
 */
import type { Diagnostic } from '../language/diagnostics.ts';
import type { ToldScenario } from '../runtime/tell-scenario.ts';
import { monaco } from './monaco.ts';

const owner = 'regimen';
const scenarioOwner = 'scenario';

export function showDiagnostics(model: monaco.editor.ITextModel, diagnostics: Diagnostic[]): void {
  monaco.editor.setModelMarkers(
    model,
    owner,
    diagnostics.map((one) => ({
      ...rangeOf(model, one.span),
      severity: one.severity === 'error' ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
      message: one.hint === undefined ? one.message : `${one.message}\n${one.hint}`,
      code: one.code,
      source: owner,
      relatedInformation: one.related.map((related) => ({
        ...rangeOf(model, related.span),
        resource: model.uri,
        message: related.message,
      })),
    })),
  );
}

/** What a scenario expected and did not find, at its place, until the text changes. */
export function showFailures(model: monaco.editor.ITextModel, told: readonly ToldScenario[]): void {
  monaco.editor.setModelMarkers(
    model,
    scenarioOwner,
    told.flatMap(({ failures }) =>
      failures.map(({ span, expected, happened, why }) => ({
        ...rangeOf(model, span),
        severity: monaco.MarkerSeverity.Error,
        message: `Expected ${expected}.\nHappened: ${happened}.${why === undefined ? '' : `\nBecause ${why}.`}`,
        source: scenarioOwner,
      })),
    ),
  );
}

export const forgetFailures = (model: monaco.editor.ITextModel): void =>
  monaco.editor.setModelMarkers(model, scenarioOwner, []);

/** Offsets to Monaco's lines and columns. */
export function rangeOf(model: monaco.editor.ITextModel, span: { start: number; end: number }): monaco.IRange {
  const from = model.getPositionAt(span.start);
  const to = model.getPositionAt(span.end);
  return {
    startLineNumber: from.lineNumber,
    startColumn: from.column,
    endLineNumber: to.lineNumber,
    endColumn: to.column,
  };
}
