/**
 * What the word under the pointer means: the author's own declaration where there is one, otherwise
 * what the language says about the keyword.
 *
 * Reads the tree only, so it works on texts with mistakes. Types that follow from a calculation are
 * not worked out here: a `let` shows its own words.
 */
import type { Expr, Field, Program, Span, Stage } from '../language/ast.ts';
import { keywords } from '../language/keywords.ts';
import { parse } from '../language/parse.ts';
import type { Hover } from './protocol.ts';

/** A declaration is shown whole up to here, then cut. */
const codeCharactersMax = 200;

type Declaration = { name: string; span: Span; note: string };

export function hover(text: string, offset: number): Hover | null {
  const span = wordAt(text, offset);
  if (span === null) return null;
  const word = text.slice(span.start, span.end);
  const file = parse(text).value;
  const program = file.programs.find((one) => contains(one.span, offset)) ?? file.programs[0];
  const found = program === undefined ? undefined : declarations(program, offset).find((one) => named(one.name, word));
  if (found !== undefined) return { span, code: shown(text.slice(found.span.start, found.span.end)), note: found.note };
  const keyword = keywords.find((one) => one.word === word);
  return keyword === undefined ? null : { span, code: keyword.word, note: keyword.doc };
}

/** Names that can be meant at a place, the nearest first. */
function declarations(program: Program, offset: number): Declaration[] {
  const near: Declaration[] = [];
  const far: Declaration[] = [];
  for (const item of program.items) {
    if (item.kind === 'data') far.push(...item.fields.map(fieldDeclaration));
    if (item.kind === 'table') {
      const head = { start: item.span.start, end: item.rows[0]?.span.start ?? item.span.end };
      far.push({ name: item.name.text, span: head, note: `A table of ${item.rows.length} rows.` });
    }
    if (item.kind === 'let')
      far.push({ name: item.name.text, span: item.span, note: 'Worked out anew whenever it is read.' });
    if (item.kind !== 'stage') continue;
    far.push({
      name: item.name.text,
      span: headOf(item),
      note: item.final ? 'A final stage: who enters it has finished.' : 'A stage.',
    });
    for (const inner of item.items) {
      if (inner.kind === 'let' && contains(item.span, offset)) {
        near.push({
          name: inner.name.text,
          span: inner.span,
          note: `Worked out anew whenever it is read, in stage ${item.name.text}.`,
        });
      }
      if (inner.kind === 'ask') {
        far.push({
          name: inner.as.text,
          span: inner.span,
          note: `The answer to a question in stage ${item.name.text}.`,
        });
      }
    }
  }
  return [...near, ...far];
}

function fieldDeclaration(field: Field): Declaration {
  const agent = field.agentMay === undefined ? '' : ` The agent may ${field.agentMay.verb} it.`;
  const missing = field.optional ? ' It may be missing.' : '';
  const what = field.type.kind === 'series' ? 'A series of entries, each with its time.' : 'Data kept for each person.';
  return { name: field.name.text, span: field.span, note: `${what}${missing}${agent}${startsAs(field.initial)}` };
}

const startsAs = (initial: Expr | undefined) => (initial === undefined ? '' : ' It has a value from the start.');

const headOf = (stage: Stage): Span => ({ start: stage.span.start, end: stage.title?.span.end ?? stage.name.span.end });

const contains = (span: Span, offset: number) => offset >= span.start && offset <= span.end;

/** `run` speaks of one entry of `runs`. */
const named = (name: string, word: string) => name === word || name === `${word}s`;

const shown = (code: string) => {
  const folded = code.replace(/\s+/g, ' ').trim();
  return folded.length > codeCharactersMax ? `${folded.slice(0, codeCharactersMax - 1)}…` : folded;
};

/** The word an offset touches; its end counts, as a cursor may stand there. */
function wordAt(text: string, offset: number): Span | null {
  const isWord = (at: number) => /[A-Za-z0-9_]/.test(text.charAt(at));
  let start = offset;
  let end = offset;
  while (start > 0 && isWord(start - 1)) start -= 1;
  while (end < text.length && isWord(end)) end += 1;
  return start === end ? null : { start, end };
}
