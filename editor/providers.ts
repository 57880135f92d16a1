/**
 * The rest of the language service in Monaco: definition, references, rename, outline, folding,
 * colors, quick fixes, lenses and hints, all answered by the language worker.
 *
 * An answer that comes after the text has changed is null and shows nothing; Monaco asks again.
 */
import type { OutlineNode } from '../compiler/service/outline.ts';
import { tokenModifiers, tokenTypes } from '../compiler/service/semantic-tokens.ts';
import type { WantedScenario } from '../runtime/tell-scenario.ts';
import type { LanguageClient } from './language-client.ts';
import { rangeOf } from './markers.ts';
import { monaco } from './monaco.ts';
import type { Answers } from './protocol.ts';
import { languageId } from './regimen-language.ts';

type Model = monaco.editor.ITextModel;
type Edits = { span: { start: number; end: number }; text: string }[];

/** The command behind the lenses; its argument says which scenarios. */
const runCommand = 'regimen.run-scenarios';

/** Registers everything for the language; call once for a client. `run` is told when a lens is pressed. */
export function registerProviders(
  client: LanguageClient,
  run: (wanted: WantedScenario[]) => void,
): monaco.IDisposable[] {
  const { languages } = monaco;
  const at = (model: Model, position: monaco.IPosition) => ({
    text: model.getValue(),
    offset: model.getOffsetAt(position),
  });
  const about = (model: Model) => ({ text: model.getValue() });
  return [
    monaco.editor.registerCommand(runCommand, (_, wanted: WantedScenario[]) => run(wanted)),
    languages.registerDefinitionProvider(languageId, {
      async provideDefinition(model, position) {
        const found = await client.ask({ kind: 'define', ...at(model, position) });
        return (found?.targets ?? []).map(({ span, whole }) => ({
          uri: model.uri,
          range: rangeOf(model, whole),
          targetSelectionRange: rangeOf(model, span),
        }));
      },
    }),
    languages.registerReferenceProvider(languageId, {
      async provideReferences(model, position, { includeDeclaration }) {
        const found = (await client.ask({ kind: 'refer', ...at(model, position) })) ?? [];
        return found
          .filter((one) => includeDeclaration || one.role === 'refers')
          .map(({ span }) => ({ uri: model.uri, range: rangeOf(model, span) }));
      },
    }),
    languages.registerRenameProvider(languageId, {
      async resolveRenameLocation(model, position) {
        const found = await client.ask({ kind: 'prepare-rename', ...at(model, position) });
        const here = monaco.Range.fromPositions(position);
        if (found === null) return { range: here, text: '', rejectReason: 'The text has changed. Try again.' };
        if ('refused' in found) return { range: here, text: '', rejectReason: found.refused };
        return { range: rangeOf(model, found.span), text: found.text };
      },
      async provideRenameEdits(model, position, name) {
        const found = await client.ask({ kind: 'rename', name, ...at(model, position) });
        if (found === null) return { edits: [], rejectReason: 'The text has changed. Try again.' };
        return 'refused' in found ? { edits: [], rejectReason: found.refused } : workspaceEdit(model, found.edits);
      },
    }),
    languages.registerDocumentSymbolProvider(languageId, {
      displayName: 'Regimen',
      async provideDocumentSymbols(model) {
        return ((await client.ask({ kind: 'outline', ...about(model) })) ?? []).map((node) => symbol(model, node));
      },
    }),
    languages.registerFoldingRangeProvider(languageId, {
      async provideFoldingRanges(model) {
        return ((await client.ask({ kind: 'fold', ...about(model) })) ?? []).map(({ startLine, endLine, kind }) => ({
          start: startLine,
          end: endLine,
          ...(kind === 'comment' ? { kind: languages.FoldingRangeKind.Comment } : {}),
        }));
      },
    }),
    languages.registerDocumentSemanticTokensProvider(languageId, {
      getLegend: () => ({ tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] }),
      async provideDocumentSemanticTokens(model) {
        const found = await client.ask({ kind: 'tokens', ...about(model) });
        return found === null ? null : { data: encoded(model, found) };
      },
      releaseDocumentSemanticTokens() {},
    }),
    languages.registerCodeActionProvider(languageId, {
      async provideCodeActions(model, range, context) {
        const span = {
          start: model.getOffsetAt({ lineNumber: range.startLineNumber, column: range.startColumn }),
          end: model.getOffsetAt({ lineNumber: range.endLineNumber, column: range.endColumn }),
        };
        const found = (await client.ask({ kind: 'actions', span, ...about(model) })) ?? [];
        const actions = found.map((one) => ({
          title: one.title,
          kind: 'quickfix',
          isPreferred: one.preferred,
          diagnostics: context.markers.filter((marker) => one.diagnostics.some(({ code }) => code === marker.code)),
          edit: workspaceEdit(model, one.edits),
        }));
        return { actions, dispose() {} };
      },
    }),
    languages.registerCodeLensProvider(languageId, {
      async provideCodeLenses(model) {
        const found = (await client.ask({ kind: 'lenses', ...about(model) })) ?? [];
        const lenses = found.map(({ span, title, runs }) => ({
          range: rangeOf(model, span),
          command: { id: runCommand, title, arguments: [runs.map(({ start, title }) => ({ start, title }))] },
        }));
        return { lenses, dispose() {} };
      },
    }),
    languages.registerInlayHintsProvider(languageId, {
      async provideInlayHints(model) {
        const found = (await client.ask({ kind: 'hints', now: Date.now(), ...about(model) })) ?? [];
        const hints = found.map(({ offset, text, tooltip }) => ({
          label: text,
          tooltip,
          position: model.getPositionAt(offset),
          paddingLeft: true,
        }));
        return { hints, dispose() {} };
      },
    }),
  ];
}

function workspaceEdit(model: Model, edits: Edits): monaco.languages.WorkspaceEdit {
  return {
    edits: edits.map(({ span, text }) => ({
      resource: model.uri,
      versionId: model.getVersionId(),
      textEdit: { range: rangeOf(model, span), text },
    })),
  };
}

const lexical: ReadonlySet<string> = new Set(['keyword', 'comment', 'string', 'number', 'operator']);

/** Words of the language keep the finer colors they have already; only names are told. */
function encoded(model: Model, tokens: Answers['tokens']): Uint32Array {
  const data: number[] = [];
  let line = 1;
  let column = 1;
  for (const { start, length, type, modifiers } of tokens) {
    if (lexical.has(type)) continue;
    const place = model.getPositionAt(start);
    const sameLine = place.lineNumber === line;
    data.push(
      place.lineNumber - line,
      sameLine ? place.column - column : place.column - 1,
      length,
      tokenTypes.indexOf(type),
      modifiers,
    );
    line = place.lineNumber;
    column = place.column;
  }
  return Uint32Array.from(data);
}

function symbol(model: Model, node: OutlineNode): monaco.languages.DocumentSymbol {
  return {
    name: node.name || node.kind,
    detail: node.detail ?? '',
    kind: symbolKind(node.kind),
    tags: [],
    range: rangeOf(model, node.span),
    selectionRange: rangeOf(model, node.nameSpan),
    children: node.children.map((child) => symbol(model, child)),
  };
}

function symbolKind(kind: OutlineNode['kind']): monaco.languages.SymbolKind {
  const kinds = monaco.languages.SymbolKind;
  switch (kind) {
    case 'program':
    case 'fragment':
      return kinds.Module;
    case 'stage':
      return kinds.Class;
    case 'field':
    case 'parameter':
      return kinds.Field;
    case 'series':
      return kinds.Struct;
    case 'list':
      return kinds.Array;
    case 'let':
    case 'bands':
    case 'window':
      return kinds.Variable;
    case 'table':
      return kinds.Function;
    case 'scenario':
      return kinds.Method;
    case 'rule':
      return kinds.Event;
    default:
      return kinds.Object;
  }
}
