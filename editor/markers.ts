/**
 * Diagnostics as Monaco shows them: squiggles with code, message, remedy and related places, and
 * quick fixes.
 *
 * Squiggles and fixes come from one list, so a fix can never belong to another text than the
 * squiggle it stands on.
 */
import type { Diagnostic } from '../language/diagnostics.ts';
import { monaco } from './monaco.ts';
import { languageId } from './regimen-language.ts';

const owner = 'regimen';

/** What each model was last found to have. */
const shown = new WeakMap<monaco.editor.ITextModel, Diagnostic[]>();

export function showDiagnostics(model: monaco.editor.ITextModel, diagnostics: Diagnostic[]): void {
  shown.set(model, diagnostics);
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

/** Registers quick fixes for the language; call once. */
export function registerQuickFixes(): monaco.IDisposable {
  return monaco.languages.registerCodeActionProvider(languageId, {
    provideCodeActions(model, range, context) {
      const fixable = (shown.get(model) ?? []).filter(
        (one) => one.fix !== undefined && monaco.Range.areIntersectingOrTouching(rangeOf(model, one.span), range),
      );
      const actions = fixable.map((one, index) => ({
        title: one.fix?.title ?? '',
        kind: 'quickfix',
        diagnostics: context.markers.filter((marker) => marker.code === one.code),
        isPreferred: index === 0,
        edit: {
          edits: (one.fix?.edits ?? []).map((edit) => ({
            resource: model.uri,
            versionId: model.getVersionId(),
            textEdit: { range: rangeOf(model, edit.span), text: edit.text },
          })),
        },
      }));
      return { actions, dispose() {} };
    },
  });
}

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
