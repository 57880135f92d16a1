/**
 * Completion and hover in Monaco, answered by the language worker.
 *
 * Places are worked out against the text that was asked about, not the one on the screen when the
 * answer comes: Monaco itself narrows the list by what was typed meanwhile.
 */
import type { Completion } from '../compiler/complete.ts';
import { type LineMap, lineMap } from '../language/position.ts';
import type { LanguageClient } from './language-client.ts';
import { monaco } from './monaco.ts';
import { languageId } from './regimen-language.ts';

type Span = { start: number; end: number };

/** Registers both for the language; call once for a client. */
export function registerSuggestions(client: LanguageClient): monaco.IDisposable[] {
  return [
    monaco.languages.registerCompletionItemProvider(languageId, {
      triggerCharacters: [' ', '.', '='],
      async provideCompletionItems(model, position, context) {
        const text = model.getValue();
        const answer = await client.ask({ kind: 'complete', text, offset: model.getOffsetAt(position) });
        if (answer === null) return { suggestions: [] };
        // A space is typed all the time: after it a list opens only where a name is due, as after `advance to`.
        const bySpace = context.triggerCharacter === ' ';
        if (bySpace && answer.some((one) => one.kind === 'keyword' || one.kind === 'function'))
          return { suggestions: [] };
        const lines = lineMap(text);
        return { suggestions: answer.map((one, index) => suggestion(one, index, lines)) };
      },
    }),
    monaco.languages.registerHoverProvider(languageId, {
      async provideHover(model, position) {
        const text = model.getValue();
        const answer = await client.ask({ kind: 'hover', text, offset: model.getOffsetAt(position) });
        if (answer === null) return null;
        const code = { value: `\`\`\`${languageId}\n${answer.code}\n\`\`\`` };
        return { range: range(lineMap(text), answer.span), contents: [code, { value: answer.note }] };
      },
    }),
  ];
}

function suggestion(one: Completion, index: number, lines: LineMap): monaco.languages.CompletionItem {
  return {
    label: one.label,
    kind: iconOf(one.kind),
    detail: one.detail,
    insertText: one.insert,
    insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet,
    range: range(lines, one.replace),
    // The compiler's order: what fits best comes first, not what comes first in the alphabet.
    sortText: String(index).padStart(4, '0'),
  };
}

function iconOf(kind: Completion['kind']): monaco.languages.CompletionItemKind {
  const icons = monaco.languages.CompletionItemKind;
  switch (kind) {
    case 'keyword':
      return icons.Keyword;
    case 'stage':
      return icons.Module;
    case 'field':
      return icons.Field;
    case 'series':
      return icons.Struct;
    case 'let':
      return icons.Variable;
    case 'function':
      return icons.Function;
    case 'option':
      return icons.EnumMember;
    case 'skill':
    case 'role':
      return icons.User;
    default:
      return icons.Text;
  }
}

function range(lines: LineMap, span: Span): monaco.IRange {
  const from = lines.position(span.start);
  const to = lines.position(span.end);
  return { startLineNumber: from.line, startColumn: from.column, endLineNumber: to.line, endColumn: to.column };
}
