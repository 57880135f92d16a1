/**
 * What the language service says, in the words of the protocol: one function a request.
 *
 * Places come in and go out as lines and characters; everything is decided in `compiler/service/`.
 */

import type * as lsp from 'vscode-languageserver';
import {
  CodeActionKind,
  CompletionItemKind,
  DiagnosticSeverity,
  type DocumentHighlight,
  DocumentHighlightKind,
  FoldingRangeKind,
  InlayHintKind,
  InsertTextFormat,
  type Location,
  type LocationLink,
  MarkupKind,
  type Diagnostic as ProtocolDiagnostic,
  SymbolKind,
} from 'vscode-languageserver';
import type { CompletionKind } from '../../compiler/complete.ts';
import { codeActions, diagnosticsOf, fixAll } from '../../compiler/service/code-actions.ts';
import { codeLenses } from '../../compiler/service/code-lenses.ts';
import { completion } from '../../compiler/service/completion.ts';
import { definition, highlights, references } from '../../compiler/service/definition.ts';
import { folding } from '../../compiler/service/folding.ts';
import { formatting } from '../../compiler/service/formatting.ts';
import { hover } from '../../compiler/service/hover.ts';
import { inlayHints, type Upcoming } from '../../compiler/service/inlay-hints.ts';
import { type OutlineNode, outline, workspaceSymbols } from '../../compiler/service/outline.ts';
import { type FileEdits, prepareRename, type Refusal, rename, type TextEdit } from '../../compiler/service/rename.ts';
import { semanticTokens, tokenTypes } from '../../compiler/service/semantic-tokens.ts';
import type { ServiceFile, Workspace } from '../../compiler/service/workspace.ts';
import type { Diagnostic } from '../../language/diagnostics.ts';
import { offsetOf, rangeOf, spanOf, uriOf } from './places.ts';

/** A file of the workspace with its workspace: what every answer is about. */
export type Asked = { workspace: Workspace; file: ServiceFile };

export const runCommand = 'regimen.runScenario';

export function diagnosticsAnswer({ workspace, file }: Asked, help: (code: string) => string | undefined) {
  return diagnosticsOf(workspace, file.path).map((one) => protocolDiagnostic(workspace, file, one, help));
}

function protocolDiagnostic(
  workspace: Workspace,
  file: ServiceFile,
  one: Diagnostic,
  help: (code: string) => string | undefined,
): ProtocolDiagnostic {
  const href = help(one.code);
  return {
    range: rangeOf(file.lines, one.span),
    severity: one.severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    source: 'regimen',
    code: one.code,
    ...(href === undefined ? {} : { codeDescription: { href } }),
    message: one.hint === undefined ? one.message : `${one.message}\n${one.hint}`,
    relatedInformation: one.related.map(({ message, span }) => {
      const there = (span.file === undefined ? undefined : workspace.file(span.file)) ?? file;
      return { message, location: { uri: uriOf(there.path), range: rangeOf(there.lines, span) } };
    }),
  };
}

const itemKinds: Record<CompletionKind, CompletionItemKind> = {
  keyword: CompletionItemKind.Keyword,
  stage: CompletionItemKind.Class,
  field: CompletionItemKind.Field,
  series: CompletionItemKind.Struct,
  let: CompletionItemKind.Variable,
  table: CompletionItemKind.Function,
  skill: CompletionItemKind.File,
  role: CompletionItemKind.Interface,
  function: CompletionItemKind.Function,
  option: CompletionItemKind.EnumMember,
  program: CompletionItemKind.Module,
  exit: CompletionItemKind.Event,
  fragment: CompletionItemKind.Module,
  list: CompletionItemKind.Struct,
  window: CompletionItemKind.Variable,
};

/** `snippets`: the editor can put the cursor on the stops of what is inserted. */
export function completionAnswer(
  { workspace, file }: Asked,
  { position, context }: lsp.CompletionParams,
  snippets: boolean,
): lsp.CompletionItem[] {
  const items = completion(workspace, file.path, offsetOf(file.lines, position));
  // A space is typed all the time: after it a list opens only where a name is due, as after `advance to`.
  const bySpace = context?.triggerCharacter === ' ';
  if (bySpace && items.some((one) => one.kind === 'keyword' || one.kind === 'function')) return [];
  return items.map(({ label, kind, detail, insert, replace }, index) => ({
    label,
    kind: itemKinds[kind] ?? CompletionItemKind.Text,
    detail,
    sortText: String(index).padStart(4, '0'),
    insertTextFormat: snippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range: rangeOf(file.lines, replace), newText: snippets ? insert : withoutStops(insert) },
  }));
}

/** `count(${1:runs})` → `count(runs)`; the first of several choices. */
const withoutStops = (snippet: string): string =>
  snippet.replace(
    /\$\{\d+\|([^,|]*)[^}]*\}|\$\{\d+(?::([^}]*))?\}|\$\d/g,
    (_, choice = '', words = '') => choice || words,
  );

export function hoverAnswer({ workspace, file }: Asked, { position }: lsp.HoverParams): lsp.Hover | null {
  const found = hover(workspace, file.path, offsetOf(file.lines, position));
  if (found === null) return null;
  const value = `\`\`\`regimen\n${found.code}\n\`\`\`\n\n${found.note}`;
  return { contents: { kind: MarkupKind.Markdown, value }, range: rangeOf(file.lines, found.span) };
}

/** `skillFile` finds the file of a skill; `links` whether the editor takes more than bare places. */
export function definitionAnswer(
  { workspace, file }: Asked,
  { position }: lsp.DefinitionParams,
  skillFile: (path: string, skill: string) => string | undefined,
  links: boolean,
): Location[] | LocationLink[] {
  const found = definition(workspace, file.path, offsetOf(file.lines, position));
  if (found === undefined) return [];
  const from = rangeOf(file.lines, found.from);
  const start = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const skill = found.skill === undefined ? undefined : skillFile(file.path, found.skill);
  const targets = [
    ...(skill === undefined ? [] : [{ uri: uriOf(skill), range: start, whole: start }]),
    ...found.targets.flatMap(({ path, span, whole }) => {
      const there = workspace.file(path);
      if (there === undefined) return [];
      return [{ uri: uriOf(path), range: rangeOf(there.lines, span), whole: rangeOf(there.lines, whole) }];
    }),
  ];
  if (!links) return targets.map(({ uri, range }) => ({ uri, range }));
  return targets.map(({ uri, range, whole }) => ({
    originSelectionRange: from,
    targetUri: uri,
    targetRange: whole,
    targetSelectionRange: range,
  }));
}

export function referencesAnswer({ workspace, file }: Asked, { position, context }: lsp.ReferenceParams): Location[] {
  return references(workspace, file.path, offsetOf(file.lines, position))
    .filter((one) => context.includeDeclaration || one.role === 'refers')
    .flatMap(({ path, span }) => {
      const there = workspace.file(path);
      return there === undefined ? [] : [{ uri: uriOf(path), range: rangeOf(there.lines, span) }];
    });
}

export function highlightsAnswer(
  { workspace, file }: Asked,
  { position }: lsp.DocumentHighlightParams,
): DocumentHighlight[] {
  return highlights(workspace, file.path, offsetOf(file.lines, position)).map(({ span, role }) => ({
    range: rangeOf(file.lines, span),
    kind: role === 'declares' ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}

export function prepareRenameAnswer(
  { workspace, file }: Asked,
  { position }: lsp.PrepareRenameParams,
): { range: lsp.Range; placeholder: string } | Refusal {
  const found = prepareRename(workspace, file.path, offsetOf(file.lines, position));
  return 'refused' in found ? found : { range: rangeOf(file.lines, found.span), placeholder: found.text };
}

/** `versionOf` gives the version of an open file, so that edits never meet another text. */
export function renameAnswer(
  { workspace, file }: Asked,
  { position, newName }: lsp.RenameParams,
  edit: (files: FileEdits) => lsp.WorkspaceEdit,
): lsp.WorkspaceEdit | Refusal {
  const found = rename(workspace, file.path, offsetOf(file.lines, position), newName);
  return 'refused' in found ? found : edit(found.files);
}

/** Edits of several files; with versions where the editor can check them. */
export function workspaceEdit(
  workspace: Workspace,
  files: FileEdits,
  versionOf: (path: string) => number | null,
  versioned: boolean,
): lsp.WorkspaceEdit {
  const changed = files.flatMap(({ path, edits }) => {
    const there = workspace.file(path);
    return there === undefined ? [] : [{ path, edits: textEdits(there, edits) }];
  });
  if (!versioned) return { changes: Object.fromEntries(changed.map(({ path, edits }) => [uriOf(path), edits])) };
  return {
    documentChanges: changed.map(({ path, edits }) => ({
      textDocument: { uri: uriOf(path), version: versionOf(path) },
      edits,
    })),
  };
}

export const textEdits = (file: ServiceFile, edits: readonly TextEdit[]): lsp.TextEdit[] =>
  edits.map(({ span, text }) => ({ range: rangeOf(file.lines, span), newText: text }));

const symbolKinds: Record<string, SymbolKind> = {
  program: SymbolKind.Module,
  fragment: SymbolKind.Module,
  scenario: SymbolKind.Method,
  track: SymbolKind.Namespace,
  list: SymbolKind.Array,
  stage: SymbolKind.Class,
  block: SymbolKind.Object,
  field: SymbolKind.Field,
  parameter: SymbolKind.Constant,
  series: SymbolKind.Struct,
  let: SymbolKind.Variable,
  bands: SymbolKind.Variable,
  table: SymbolKind.Function,
  window: SymbolKind.Variable,
  question: SymbolKind.Property,
  rule: SymbolKind.Event,
};
const symbolKindOf = (kind: string): SymbolKind => symbolKinds[kind] ?? SymbolKind.Object;

export function symbolsAnswer({ file }: Asked): lsp.DocumentSymbol[] {
  const made = ({ kind, name, detail, nameSpan, span, children }: OutlineNode): lsp.DocumentSymbol => ({
    name: name || kind,
    ...(detail === undefined ? {} : { detail }),
    kind: symbolKindOf(kind),
    range: rangeOf(file.lines, span),
    selectionRange: rangeOf(file.lines, nameSpan),
    children: children.map(made),
  });
  return outline(file.ast, file.text).map(made);
}

export function workspaceSymbolsAnswer(workspace: Workspace, query: string): lsp.SymbolInformation[] {
  return workspaceSymbols(workspace, query).flatMap(({ path, name, kind, nameSpan, within }) => {
    const there = workspace.file(path);
    if (there === undefined) return [];
    const location = { uri: uriOf(path), range: rangeOf(there.lines, nameSpan) };
    return [{ name, kind: symbolKindOf(kind), location, ...(within === '' ? {} : { containerName: within }) }];
  });
}

export function foldingAnswer({ file }: Asked): lsp.FoldingRange[] {
  return folding(file.text, file.lines).map(({ startLine, endLine, kind }) => ({
    startLine: startLine - 1,
    endLine: endLine - 1,
    kind: kind === 'comment' ? FoldingRangeKind.Comment : FoldingRangeKind.Region,
  }));
}

export function semanticTokensAnswer({ workspace, file }: Asked): lsp.SemanticTokens {
  const data: number[] = [];
  let line = 0;
  let character = 0;
  for (const { start, length, type, modifiers } of semanticTokens(workspace, file.path)) {
    const at = rangeOf(file.lines, { start, end: start });
    const sameLine = at.start.line === line;
    data.push(
      at.start.line - line,
      sameLine ? at.start.character - character : at.start.character,
      length,
      tokenTypes.indexOf(type),
      modifiers,
    );
    line = at.start.line;
    character = at.start.character;
  }
  return { data };
}

export function codeActionsAnswer(
  { workspace, file }: Asked,
  { range, context }: lsp.CodeActionParams,
  edit: (files: FileEdits) => lsp.WorkspaceEdit,
): lsp.CodeAction[] {
  const wants = (kind: string) =>
    context.only === undefined || context.only.some((one) => one === '' || kind === one || kind.startsWith(`${one}.`));
  const fixes = codeActions(workspace, file.path, spanOf(file.lines, range)).filter((one) => one.kind === 'fix');
  const all = context.only === undefined && context.diagnostics.length === 0 ? [] : fixAll(workspace, file.path);
  return [
    ...(wants(CodeActionKind.QuickFix) ? fixes : []).map((action) => ({
      title: action.title,
      kind: CodeActionKind.QuickFix,
      isPreferred: action.preferred,
      // Those the editor sent and this one mends.
      diagnostics: context.diagnostics.filter((one) => action.diagnostics.some(({ code }) => code === one.code)),
      edit: edit([{ path: file.path, edits: action.edits }]),
    })),
    ...(wants(CodeActionKind.SourceFixAll) ? all : []).map((action) => ({
      title: action.title,
      kind: CodeActionKind.SourceFixAll,
      edit: edit([{ path: file.path, edits: action.edits }]),
    })),
  ];
}

export function codeLensesAnswer({ workspace, file }: Asked): lsp.CodeLens[] {
  return codeLenses(workspace, file.path).map(({ span, title, runs }) => ({
    range: rangeOf(file.lines, span),
    command: {
      title,
      command: runCommand,
      arguments: runs.map((run) => ({ uri: uriOf(run.path), title: run.title, start: run.start })),
    },
  }));
}

export function inlayHintsAnswer(
  { workspace, file }: Asked,
  { range }: lsp.InlayHintParams,
  upcoming: Upcoming,
): lsp.InlayHint[] {
  return inlayHints(workspace, file.path, upcoming, spanOf(file.lines, range)).map(({ offset, text, tooltip }) => ({
    position: rangeOf(file.lines, { start: offset, end: offset }).start,
    label: text,
    kind: InlayHintKind.Type,
    tooltip,
    paddingLeft: true,
  }));
}

/** The edits, or the sentence that says why the text stays as it is. */
export function formattingAnswer({ workspace, file }: Asked): { edits: lsp.TextEdit[] } | Refusal {
  const formatted = formatting(workspace, file.path);
  if ('edits' in formatted) return { edits: textEdits(file, formatted.edits) };
  const { line } = file.lines.position(formatted.problem.span.start);
  return { refused: `Not formatted. Line ${line}: ${formatted.problem.message}` };
}
