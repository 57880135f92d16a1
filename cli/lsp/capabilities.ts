/** What the server can do, as it says in `initialize`, and what it needs to know about the editor. */
import {
  CodeActionKind,
  type InitializeParams,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { tokenModifiers, tokenTypes } from '../../compiler/service/semantic-tokens.ts';
import { runCommand } from './answers.ts';

export type Abilities = {
  /** Stops in what a completion inserts. */
  snippets: boolean;
  /** Edits that name the version they were made for. */
  versionedEdits: boolean;
  /** Definitions with the name they were asked from. */
  definitionLinks: boolean;
  /** It tells of files that change on the disk, where it is asked to. */
  watches: boolean;
};

export function abilitiesOf({ capabilities }: Pick<InitializeParams, 'capabilities'>): Abilities {
  const { textDocument, workspace } = capabilities ?? {};
  return {
    snippets: textDocument?.completion?.completionItem?.snippetSupport === true,
    versionedEdits: workspace?.workspaceEdit?.documentChanges === true,
    definitionLinks: textDocument?.definition?.linkSupport === true,
    watches: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
  };
}

export const capabilities: ServerCapabilities = {
  textDocumentSync: TextDocumentSyncKind.Incremental,
  completionProvider: { triggerCharacters: [' ', '.', '='] },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  foldingRangeProvider: true,
  semanticTokensProvider: {
    legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
    full: true,
  },
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.SourceFixAll] },
  codeLensProvider: {},
  inlayHintProvider: true,
  documentFormattingProvider: true,
  executeCommandProvider: { commands: [runCommand] },
};
