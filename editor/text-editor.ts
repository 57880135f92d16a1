/**
 * The text on the left: one Monaco editor, set up for reading and writing prose-like programs.
 *
 * Knows about text, cursor and looks; what a text means comes in through `showProblems`.
 */
import type { Span } from '../language/ast.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import type { ToldScenario } from '../runtime/tell-scenario.ts';
import { forgetFailures, rangeOf, showDiagnostics, showFailures } from './markers.ts';
import { monaco } from './monaco.ts';
import { languageId, registerLanguage } from './regimen-language.ts';
import { samePlace } from './same-place.ts';
import { applyTheme } from './theme.ts';

export type TextEditor = {
  text(): string;
  /** Grows with every change of the text. */
  version(): number;
  /** Replaces the whole text as one step that undo takes back. */
  replace(text: string): void;
  /** Replaces the text by the same one set out anew, as one step; the cursor stays at its word. */
  reformat(text: string): void;
  /** Makes edits as one step that undo takes back. */
  edit(edits: { span: Span; text: string }[]): void;
  /** Moves the cursor to a place, brings it to the middle and takes the focus. */
  goTo(span: Span): void;
  showProblems(diagnostics: Diagnostic[]): void;
  /** Shows where scenarios did not come out as told, until the text changes. */
  showScenarios(told: readonly ToldScenario[]): void;
  /** Moves to the next problem after the cursor, around the end. */
  nextProblem(): void;
  focus(): void;
  dispose(): void;
};

export type TextEditorEvents = {
  changed(text: string): void;
  /** The cursor stands at this offset now. */
  moved(offset: number): void;
  /** Somebody asks for the text to be formatted, by Shift+Alt+F. */
  format(): void;
};

export function createTextEditor(host: HTMLElement, text: string, events: TextEditorEvents): TextEditor {
  registerLanguage();
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const narrow = matchMedia('(max-width: 800px)');
  applyTheme(dark.matches);
  const model = monaco.editor.createModel(text, languageId, monaco.Uri.parse('inmemory://regimen/program.regimen'));
  const editor = monaco.editor.create(host, {
    model,
    automaticLayout: true,
    ariaLabel: 'Program text. Press Escape and then Tab to leave it.',
    fontFamily:
      "ui-monospace, 'SF Mono', 'Cascadia Code', 'JetBrains Mono', Menlo, Consolas, 'Liberation Mono', monospace",
    ...sizes(narrow.matches),
    fontLigatures: false,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    renderLineHighlight: 'all',
    renderLineHighlightOnlyWhenFocus: true,
    overviewRulerLanes: 2,
    overviewRulerBorder: false,
    hideCursorInOverviewRuler: true,
    // Continued lines and tables would show a picket fence.
    guides: { indentation: false },
    bracketPairColorization: { enabled: false },
    lineNumbersMinChars: 3,
    glyphMargin: false,
    showFoldingControls: 'mouseover',
    tabSize: 2,
    insertSpaces: true,
    detectIndentation: false,
    wordBasedSuggestions: 'off',
    quickSuggestions: { other: true, comments: false, strings: false },
    suggest: { showStatusBar: false, preview: false, showWords: false, showIcons: false },
    suggestSelection: 'first',
    acceptSuggestionOnCommitCharacter: false,
    fixedOverflowWidgets: true,
    contextmenu: false,
    links: false,
    'semanticHighlighting.enabled': true,
    inlayHints: { enabled: 'on', fontSize: 12 },
    codeLens: !narrow.matches,
    smoothScrolling: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    cursorBlinking: 'smooth',
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
    padding: { top: 20, bottom: 80 },
    unicodeHighlight: { ambiguousCharacters: false },
  });

  const themeChanged = () => applyTheme(dark.matches);
  const widthChanged = () => editor.updateOptions(sizes(narrow.matches));
  dark.addEventListener('change', themeChanged);
  narrow.addEventListener('change', widthChanged);
  model.onDidChangeContent(() => {
    forgetFailures(model);
    events.changed(model.getValue());
  });
  editor.onDidChangeCursorPosition(({ position }) => events.moved(model.getOffsetAt(position)));
  leaveWithEscapeAndTab(editor);
  editor.addAction({
    id: 'regimen.format',
    label: 'Format',
    keybindings: [monaco.KeyMod.Shift | monaco.KeyMod.Alt | monaco.KeyCode.KeyF],
    run: () => events.format(),
  });

  return {
    text: () => model.getValue(),
    version: () => model.getVersionId(),
    replace(next) {
      editor.pushUndoStop();
      editor.executeEdits('regimen', [{ range: model.getFullModelRange(), text: next }]);
      editor.pushUndoStop();
      editor.setPosition({ lineNumber: 1, column: 1 });
      editor.revealLine(1);
    },
    reformat(next) {
      const before = model.getValue();
      const place = editor.getPosition();
      const offset = samePlace(before, next, place === null ? 0 : model.getOffsetAt(place));
      editor.pushUndoStop();
      editor.executeEdits('regimen', [{ range: model.getFullModelRange(), text: next }]);
      editor.pushUndoStop();
      const position = model.getPositionAt(offset);
      editor.setPosition(position);
      editor.revealPositionInCenterIfOutsideViewport(position);
    },
    edit(edits) {
      editor.pushUndoStop();
      editor.executeEdits(
        'regimen',
        edits.map((one) => ({ range: monaco.Range.lift(rangeOf(model, one.span)), text: one.text })),
      );
      editor.pushUndoStop();
    },
    goTo(span) {
      const range = rangeOf(model, span);
      editor.setPosition({ lineNumber: range.startLineNumber, column: range.startColumn });
      editor.revealRangeInCenterIfOutsideViewport(range, monaco.editor.ScrollType.Smooth);
      editor.focus();
    },
    showProblems: (diagnostics) => showDiagnostics(model, diagnostics),
    showScenarios: (told) => showFailures(model, told),
    nextProblem() {
      editor.focus();
      editor.trigger('regimen', 'editor.action.marker.next', null);
    },
    focus: () => editor.focus(),
    dispose() {
      dark.removeEventListener('change', themeChanged);
      narrow.removeEventListener('change', widthChanged);
      editor.dispose();
      model.dispose();
    },
  };
}

/** A phone shows more of each line: smaller type, no line numbers, lines wrapped. */
function sizes(narrow: boolean): monaco.editor.IEditorOptions {
  return narrow
    ? {
        fontSize: 14,
        lineHeight: 24,
        lineNumbers: 'off',
        folding: false,
        lineDecorationsWidth: 12,
        wordWrap: 'on',
        wrappingIndent: 'deepIndent',
      }
    : { fontSize: 15, lineHeight: 26, lineNumbers: 'on', folding: true, lineDecorationsWidth: 20, wordWrap: 'off' };
}

/** Tab indents, as it must in a text; after Escape it moves on, so that nobody is trapped. */
function leaveWithEscapeAndTab(editor: monaco.editor.IStandaloneCodeEditor): void {
  editor.onKeyDown((event) => {
    const leaving = event.keyCode === monaco.KeyCode.Escape;
    const going = event.keyCode === monaco.KeyCode.Tab || event.keyCode === monaco.KeyCode.Shift;
    if (leaving || !going) editor.updateOptions({ tabFocusMode: leaving });
  });
  editor.onDidBlurEditorText(() => editor.updateOptions({ tabFocusMode: false }));
}
