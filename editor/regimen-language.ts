/**
 * The looks of the language in Monaco: colors by Monarch, brackets, comments, indentation.
 *
 * Coloring reads words only and is right for any text, broken or not; what words *mean* comes from
 * the language worker. The words themselves come from the language's own list.
 */
import { keywords } from '../language/keywords.ts';
import { monaco } from './monaco.ts';

export const languageId = 'regimen';

/** Words that name a kind of value, colored apart from the words that make things happen. */
const typeWords = ['number', 'text', 'yes/no', 'date', 'time', 'series'];
const literalWords = ['yes', 'no', 'today', 'now', 'yesterday'];
/** The small words between others: too plain to be explained one by one, but not names either. */
const joiningWords = 'to of by as at in for per over was anyone others most times'.split(' ');
/** Words that move a person: the ones to find at a glance. */
const moveWords = ['advance', 'return', 'leave', 'resume', 'restart', 'interrupt', 'escalate'];

/** Registers the language once; later calls change nothing. */
export function registerLanguage(): void {
  if (monaco.languages.getLanguages().some((language) => language.id === languageId)) return;
  monaco.languages.register({ id: languageId, extensions: ['.regimen', '.scenario'] });
  monaco.languages.setLanguageConfiguration(languageId, {
    comments: { lineComment: '//' },
    brackets: [
      ['{', '}'],
      ['(', ')'],
      ['[', ']'],
    ],
    autoClosingPairs: [
      { open: '{', close: '}' },
      { open: '(', close: ')' },
      { open: '[', close: ']' },
      { open: '"', close: '"', notIn: ['string', 'comment'] },
    ],
    surroundingPairs: [
      { open: '{', close: '}' },
      { open: '(', close: ')' },
      { open: '[', close: ']' },
      { open: '"', close: '"' },
    ],
    indentationRules: { increaseIndentPattern: /\{[^}"]*$/, decreaseIndentPattern: /^\s*\}/ },
    onEnterRules: [
      {
        beforeText: /\{\s*$/,
        afterText: /^\s*\}/,
        action: { indentAction: monaco.languages.IndentAction.IndentOutdent },
      },
    ],
  });
  monaco.languages.setMonarchTokensProvider(languageId, monarch());
}

function monarch(): monaco.languages.IMonarchLanguage {
  const words = new Set(keywords.flatMap(({ word }) => word.split(/\s+/)).filter((word) => /^[a-z]+$/.test(word)));
  for (const word of joiningWords) words.add(word);
  for (const word of [...typeWords, ...literalWords, ...moveWords]) words.delete(word);
  return {
    keywords: [...words],
    typeWords,
    literalWords,
    moveWords,
    tokenizer: {
      root: [
        // The name being declared stands out; without this line it would be a plain word.
        [/(program|stage|table|let)(\s+)([A-Za-z_]\w*)/, ['keyword', '', 'entity']],
        [/yes\/no\b/, 'type'],
        { include: 'expression' },
      ],
      expression: [
        [/\/\/.*$/, 'comment'],
        [/"/, 'string', '@text'],
        [/\$\d+(\.\d+)?/, 'number'],
        [/\d{4}-\d\d-\d\d/, 'number'],
        [/\d{1,2}:\d\d/, 'number'],
        [/\d+(\.\d+)?\s?(min|minutes?|h|hours?|d|days?|weeks?|months?|years?)\b/, 'number'],
        [/\d+(\.\d+)?/, 'number'],
        [
          /[A-Za-z_]\w*/,
          {
            cases: {
              '@moveWords': 'move',
              '@typeWords': 'type',
              '@literalWords': 'number',
              '@keywords': 'keyword',
              '@default': 'identifier',
            },
          },
        ],
        [/[{}()[\]]/, '@brackets'],
        [/[=<>!+\-*/|:?,.]/, 'delimiter'],
      ],
      text: [
        [/[^"\\{]+/, 'string'],
        [/\\./, 'string.escape'],
        [/\{/, { token: 'delimiter.hole', next: '@hole' }],
        [/"/, 'string', '@pop'],
        // An unclosed text ends with its line, as it does for the compiler.
        [/$/, 'string', '@pop'],
      ],
      hole: [[/\}/, { token: 'delimiter.hole', next: '@pop' }], { include: 'expression' }],
    },
  };
}
