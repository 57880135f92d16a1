/**
 * Monaco, with the parts that writing a program needs and no others.
 *
 * The core plus chosen features is about half the size of the full package. Missing on purpose:
 * minimap extras, the command palette, diff, and every other language.
 */
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/codeAction/register';
import 'monaco-editor/features/codelens/register';
import 'monaco-editor/features/codicon/register';
import 'monaco-editor/features/comment/register';
import 'monaco-editor/features/cursorUndo/register';
import 'monaco-editor/features/documentSymbols/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/folding/register';
import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/gotoSymbol/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/indentation/register';
import 'monaco-editor/features/inlayHints/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/multicursor/register';
import 'monaco-editor/features/quickOutline/register';
import 'monaco-editor/features/referenceSearch/register';
import 'monaco-editor/features/rename/register';
// 'features/semanticTokens/register' of 0.57 brings the colors of what is in view, not those of a whole text.
import 'monaco-editor/editor/contrib/semanticTokens/browser/documentSemanticTokens';
import 'monaco-editor/features/snippet/register';
// 'features/suggest/register' of 0.57 brings the pieces of completion but not the controller that opens the list.
import 'monaco-editor/editor/contrib/suggest/browser/suggestController';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/wordHighlighter/register';
import 'monaco-editor/features/wordOperations/register';
import * as monaco from 'monaco-editor/editor';

// Monaco finds its helper worker through this global; ours is bundled by name like the page itself.
globalThis.MonacoEnvironment = { getWorker: () => new Worker('/assets/monaco-worker.js', { type: 'module' }) };

export { monaco };
