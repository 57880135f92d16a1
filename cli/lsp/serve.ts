/**
 * The language server: connects an editor's requests to what is in `answers.ts`, and tells it of
 * problems whenever something has changed.
 *
 * Requests before `initialize`, unknown files and nonsense get an error and nothing else happens. It
 * ends when the editor says so, when the input ends, or when the editor's process is gone.
 */
import type { Readable, Writable } from 'node:stream';
import type * as lsp from 'vscode-languageserver';
import {
  createConnection,
  DidChangeWatchedFilesNotification,
  ErrorCodes,
  LSPErrorCodes,
  MessageType,
  ResponseError,
  ShowMessageNotification,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { FileEdits } from '../../compiler/service/rename.ts';
import { upcomingReviews } from '../../runtime/upcoming-reviews.ts';
import type { ExitCode } from '../command.ts';
import * as answers from './answers.ts';
import { type Abilities, abilitiesOf, capabilities } from './capabilities.ts';
import { diagnosticHelp } from './diagnostic-help.ts';
import { pathOf, uriOf } from './places.ts';
import { openProjectFiles } from './project-files.ts';
import { runScenarios } from './run-scenarios.ts';

/** Longer texts are checked, and that is all: everything else would make an editor wait. */
const TEXT_LENGTH_MAX = 500_000;
/** Times of a cadence shown beside it. */
const HINT_TIMES = 3;

/** Serves until the editor is gone. Standard output belongs to the protocol from now on. */
export function serve(input: Readable, output: Writable): Promise<ExitCode> {
  const connection = createConnection(input as NodeJS.ReadStream, output as NodeJS.WriteStream);
  const documents = new TextDocuments(TextDocument);
  const project = openProjectFiles();
  const { workspace } = project;
  const help = diagnosticHelp();
  let abilities: Abilities | undefined;

  const refuse = (message: string, code: number = LSPErrorCodes.RequestFailed) =>
    new ResponseError<void>(code, message);
  const ready = (): Abilities | ResponseError<void> =>
    abilities ?? refuse('The server has not been initialized yet.', ErrorCodes.ServerNotInitialized);

  /** Answers about a file that is known and short enough; `none` for any other. */
  const about =
    <Params extends { textDocument: { uri: string } }, Answer>(
      none: Answer,
      answer: (asked: answers.Asked, params: Params, abilities: Abilities) => Answer | ResponseError<void>,
    ) =>
    (params: Params): Answer | ResponseError<void> => {
      const can = ready();
      if (can instanceof ResponseError) return can;
      const uri: unknown = params?.textDocument?.uri;
      if (typeof uri !== 'string')
        return refuse('Say which file is meant: textDocument.uri.', ErrorCodes.InvalidParams);
      const file = workspace.file(pathOf(uri));
      return file === undefined || file.text.length > TEXT_LENGTH_MAX ? none : answer({ workspace, file }, params, can);
    };

  const versionOf = (path: string) => documents.get(uriOf(path))?.version ?? null;
  const editWith = (can: Abilities) => (files: FileEdits) =>
    answers.workspaceEdit(workspace, files, versionOf, can.versionedEdits);

  // ---------------------------------------------------------------- coming and going

  connection.onInitialize((params) => {
    abilities = abilitiesOf(params);
    const folders = params.workspaceFolders?.map(({ uri }) => uri) ?? (params.rootUri ? [params.rootUri] : []);
    const trouble = project.readFolders(folders.map(pathOf));
    if (trouble !== undefined) connection.console.warn(trouble);
    return { capabilities, serverInfo: { name: 'regimen' } };
  });
  connection.onInitialized(() => {
    if (!abilities?.watches) return;
    const watchers = ['**/*.regimen', '**/*.scenario', '**/skills/**'].map((globPattern) => ({ globPattern }));
    connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(() => {
      connection.console.warn('This editor does not report changed files: reopen a file to see what has changed.');
    });
  });
  const ended = new Promise<ExitCode>((resolve) => {
    connection.onShutdown(() => {});
    connection.onExit(() => resolve(0));
  });

  // ---------------------------------------------------------------- problems

  const published = new Map<string, string>();
  let waiting = false;
  /** Once for everything that has come in by now, and never in the middle of it. */
  const checkSoon = () => {
    if (waiting) return;
    waiting = true;
    setImmediate(() => {
      waiting = false;
      for (const { uri } of documents.all()) check(uri);
    });
  };
  const check = (uri: string) => {
    const file = workspace.file(pathOf(uri));
    if (file === undefined) return;
    const diagnostics = answers.diagnosticsAnswer({ workspace, file }, help);
    const version = documents.get(uri)?.version;
    const told = JSON.stringify([version, diagnostics]);
    if (published.get(uri) === told) return;
    published.set(uri, told);
    void connection.sendDiagnostics({ uri, diagnostics, ...(version === undefined ? {} : { version }) });
  };
  documents.onDidChangeContent(({ document }) => {
    if (abilities === undefined) return;
    const path = pathOf(document.uri);
    if (project.isOpen(path)) {
      workspace.put(path, document.getText());
      checkSoon();
      return;
    }
    project.open(path, document.getText()).then(checkSoon, checkSoon);
  });
  documents.onDidClose(({ document }) => {
    project.close(pathOf(document.uri));
    published.delete(document.uri);
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
    checkSoon();
  });
  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    if (abilities === undefined) return;
    for (const { uri } of changes) await project.touched(pathOf(uri));
    checkSoon();
  });

  // ---------------------------------------------------------------- answers

  connection.onCompletion(
    about<lsp.CompletionParams, lsp.CompletionItem[]>([], (asked, params, can) =>
      answers.completionAnswer(asked, params, can.snippets),
    ),
  );
  connection.onHover(about<lsp.HoverParams, lsp.Hover | null>(null, answers.hoverAnswer));
  connection.onDefinition(
    about<lsp.DefinitionParams, lsp.Location[] | lsp.LocationLink[]>([], (asked, params, can) =>
      answers.definitionAnswer(asked, params, project.skillFile, can.definitionLinks),
    ),
  );
  connection.onReferences(about<lsp.ReferenceParams, lsp.Location[]>([], answers.referencesAnswer));
  connection.onDocumentHighlight(
    about<lsp.DocumentHighlightParams, lsp.DocumentHighlight[]>([], answers.highlightsAnswer),
  );
  connection.onPrepareRename(
    about<lsp.PrepareRenameParams, { range: lsp.Range; placeholder: string } | null>(null, (asked, params) => {
      const found = answers.prepareRenameAnswer(asked, params);
      return 'refused' in found ? refuse(found.refused) : found;
    }),
  );
  connection.onRenameRequest(
    about<lsp.RenameParams, lsp.WorkspaceEdit | null>(null, (asked, params, can) => {
      const found = answers.renameAnswer(asked, params, editWith(can));
      return 'refused' in found ? refuse(found.refused) : found;
    }),
  );
  connection.onDocumentSymbol(about<lsp.DocumentSymbolParams, lsp.DocumentSymbol[]>([], answers.symbolsAnswer));
  connection.onWorkspaceSymbol(({ query }) => {
    const can = ready();
    return can instanceof ResponseError ? can : answers.workspaceSymbolsAnswer(workspace, String(query ?? ''));
  });
  connection.onFoldingRanges(about<lsp.FoldingRangeParams, lsp.FoldingRange[]>([], answers.foldingAnswer));
  connection.languages.semanticTokens.on(
    about<lsp.SemanticTokensParams, lsp.SemanticTokens>({ data: [] }, answers.semanticTokensAnswer),
  );
  connection.onCodeAction(
    about<lsp.CodeActionParams, lsp.CodeAction[]>([], (asked, params, can) =>
      answers.codeActionsAnswer(asked, params, editWith(can)),
    ),
  );
  connection.onCodeLens(about<lsp.CodeLensParams, lsp.CodeLens[]>([], answers.codeLensesAnswer));
  connection.languages.inlayHint.on(
    about<lsp.InlayHintParams, lsp.InlayHint[]>([], (asked, params) =>
      answers.inlayHintsAnswer(asked, params, {
        times: ({ zone, ...review }) => upcomingReviews(review, Date.now(), zone, HINT_TIMES),
      }),
    ),
  );
  connection.onDocumentFormatting(
    about<lsp.DocumentFormattingParams, lsp.TextEdit[]>([], (asked) => {
      const found = answers.formattingAnswer(asked);
      return 'refused' in found ? refuse(found.refused) : found.edits;
    }),
  );
  connection.onExecuteCommand(async ({ command, arguments: given }) => {
    const can = ready();
    if (can instanceof ResponseError) return can;
    if (command !== answers.runCommand) return refuse(`There is no command ${command}.`, ErrorCodes.InvalidParams);
    const run = await runScenarios(project, given ?? []);
    if ('refused' in run) return refuse(run.refused, ErrorCodes.InvalidParams);
    const type = run.failed > 0 ? MessageType.Error : MessageType.Info;
    void connection.sendNotification(ShowMessageNotification.type, { type, message: run.message });
    return run;
  });

  documents.listen(connection);
  connection.listen();
  return ended;
}
