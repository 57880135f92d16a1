/**
 * What the word under the pointer means: the author's own declaration where there is one, with its
 * type and where it is used, otherwise what the language says about the keyword.
 */
import type { Span } from '../../language/ast.ts';
import { keywords } from '../../language/keywords.ts';
import type { Checked, LetSymbol } from '../symbols.ts';
import { describeRange, describeType, type Type } from '../value-types.ts';
import { everywhere, symbolAt } from './definition.ts';
import { describeKind } from './meanings.ts';
import type { IndexedSymbol } from './symbol-index.ts';
import type { Workspace } from './workspace.ts';

/** `code` is shown as program text, `note` as prose. */
export type Hover = { span: Span; code: string; note: string };

/** A declaration is shown whole up to here, then cut. */
const CODE_LENGTH_MAX = 200;

export function hover(workspace: Workspace, path: string, offset: number): Hover | null {
  const file = workspace.file(path);
  if (file === undefined) return null;
  const hit = symbolAt(workspace, path, offset);
  if (hit !== undefined) return about(workspace, path, hit.symbol, hit.occurrence.span);
  const span = wordAt(file.text, offset);
  if (span === null) return null;
  const word = file.text.slice(span.start, span.end);
  const keyword = keywords.find((one) => one.word === word);
  return keyword === undefined ? null : { span, code: keyword.word, note: keyword.doc };
}

function about(workspace: Workspace, path: string, symbol: IndexedSymbol, span: Span): Hover {
  const all = everywhere(workspace, path, symbol);
  const made = all.find((one) => one.role === 'declares');
  const whole = made?.whole;
  const source = made === undefined ? '' : (workspace.file(made.path)?.text ?? '');
  const code =
    whole === undefined
      ? `${describeKind(symbol.kind)} ${symbol.name}`.replaceAll('`', '')
      : headOf(source.slice(whole.start, whole.end));
  const checked = workspace.group(path)?.compiled.programs.find((one) => one.ir.name === symbol.home)?.checked;
  const what =
    made === undefined && !outside.has(symbol.kind)
      ? `Nothing declares \`${symbol.name}\`.`
      : describe(symbol, checked);
  return {
    span,
    code,
    note: [what, uses(all.length - (made === undefined ? 0 : 1), new Set(all.map((one) => one.path)).size)].join(' '),
  };
}

/** Kinds that are declared somewhere else than in a program. */
const outside = new Set(['skill', 'agent']);

function uses(count: number, files: number): string {
  if (count <= 0) return 'It is not used yet.';
  const times = count === 1 ? 'Used once' : `Used ${count} times`;
  return files > 1 ? `${times}, in ${files} files.` : `${times}.`;
}

/** One or two sentences about what a thing is, with its type where it has one. */
function describe(symbol: IndexedSymbol, checked: Checked | undefined): string {
  const { name, owner } = symbol;
  const symbols = checked?.symbols;
  switch (symbol.kind) {
    case 'field':
    case 'parameter': {
      const field = symbols?.fields.get(name);
      const what = symbol.kind === 'parameter' ? 'A parameter' : 'Data kept for each person';
      if (field === undefined) return `${what}.`;
      const agent = field.agentMaySet ? ' The agent may set it.' : '';
      const missing = field.optional ? ' It may be missing.' : '';
      return `${what}: ${typeText(field.type)}.${missing}${agent}`;
    }
    case 'series': {
      const agent = symbols?.series.get(name)?.agentMayRecord ? ' The agent may record it.' : '';
      return `A series of entries, each with its time.${agent}`;
    }
    case 'entry': {
      const entry = owner === undefined ? undefined : symbols?.series.get(owner)?.fields.get(name);
      const type = entry === undefined ? '' : `: ${typeText(entry.type)}${entry.optional ? ', may be missing' : ''}`;
      return `Part of each entry of ${owner ?? 'a series'}${type}.`;
    }
    case 'let': {
      const found = letNamed(symbol, checked);
      const type = found === undefined ? undefined : checked?.letTypes.get(found.id);
      const where = owner === undefined ? '' : `, in stage ${owner}`;
      const text = type === undefined ? '' : `: ${typeText(type.type)}${type.maybe ? ', may be missing' : ''}`;
      return `Calculated again whenever it is read${where}${text}.`;
    }
    case 'table': {
      const table = symbols?.tables.get(name);
      return table === undefined
        ? 'A table.'
        : `A table of ${table.rows.length} rows, by ${table.keys.map((key) => key.name).join(' and ')}.`;
    }
    case 'stage': {
      const final = symbols?.stages.get(name)?.node.final;
      return final === undefined ? 'A stage.' : 'A final stage: whoever enters it has finished.';
    }
    case 'option':
      return `One of the choices${owner === undefined ? '' : ` of ${owner}`}.`;
    case 'exit':
      return 'People leave under this name.';
    case 'skill':
      return `How to talk and judge: skills/${name.replaceAll('_', '-')}/SKILL.md.`;
    case 'agent':
      return 'Does the talking.';
    default: {
      const kind = describeKind(symbol.kind);
      return `${/^[aeiou]/.test(kind) ? 'An' : 'A'} ${kind}.`;
    }
  }
}

function letNamed({ name, owner }: IndexedSymbol, checked: Checked | undefined): LetSymbol | undefined {
  return owner === undefined ? checked?.symbols.lets.get(name) : checked?.symbols.stages.get(owner)?.lets.get(name);
}

function typeText(type: Type): string {
  const range = type.kind === 'number' && Number.isFinite(type.min) && Number.isFinite(type.max);
  return range ? `${describeType(type)}, ${describeRange(type.min, type.max)}` : describeType(type);
}

/** A declaration up to its body, on one line. */
function headOf(source: string): string {
  const isBlock = /^(program|stage|protected|track|list|fragment|table|bands|ladder|holidays|scenario)\b/.test(source);
  const folded = (isBlock ? (source.split(/\{/, 1)[0] ?? source) : source).replace(/\s+/g, ' ').trim();
  return folded.length > CODE_LENGTH_MAX ? `${folded.slice(0, CODE_LENGTH_MAX - 1)}…` : folded;
}

/** The word an offset touches; its end counts, as a cursor may stand there. */
function wordAt(text: string, offset: number): Span | null {
  const isWord = (at: number) => /[\p{L}\p{N}_]/u.test(text.charAt(at));
  let start = offset;
  let end = offset;
  while (start > 0 && isWord(start - 1)) start -= 1;
  while (end < text.length && isWord(end)) end += 1;
  return start === end ? null : { start, end };
}
