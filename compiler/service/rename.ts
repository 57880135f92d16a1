/**
 * Gives a thing another name, everywhere it is written: in its program, in the scenarios about it, in
 * every file of the workspace.
 *
 * A new name is proven before it is handed over: the files are compiled with it, and it is refused
 * where a diagnostic would appear or a name would come to mean something else.
 */
import type { Span } from '../../language/ast.ts';
import { reservedWords } from '../../language/tokens.ts';
import { singulars } from '../symbols.ts';
import { everywhere, symbolAt } from './definition.ts';
import { describeKind } from './meanings.ts';
import type { IndexedSymbol, Occurrence } from './symbol-index.ts';
import { createWorkspace, folderOf, type Workspace } from './workspace.ts';

export type TextEdit = { span: Span; text: string };
export type FileEdits = { path: string; edits: TextEdit[] }[];
/** Why nothing is done: a sentence for people. */
export type Refusal = { refused: string };

/** Longer names are a mistake, not a name. */
const NAME_LENGTH_MAX = 100;

/** What would be renamed at an offset: the word to show and its place. */
export function prepareRename(
  workspace: Workspace,
  path: string,
  offset: number,
): { span: Span; text: string } | Refusal {
  const hit = symbolAt(workspace, path, offset);
  if (hit === undefined) return { refused: 'There is no name here. Put the cursor on a name you chose.' };
  const { symbol, occurrence } = hit;
  if (symbol.kind === 'skill') {
    const folder = symbol.name.replaceAll('_', '-');
    return {
      refused: `A skill is called after its folder: rename skills/${folder} and the name in its SKILL.md, then this word.`,
    };
  }
  if (symbol.kind === 'agent') {
    return { refused: `Agents are set up outside of programs, so \`${symbol.name}\` cannot be renamed here.` };
  }
  if (!symbol.occurrences.some((one) => one.role === 'declares')) {
    return { refused: `Nothing declares \`${symbol.name}\`, so there is nothing to rename. Fix the name first.` };
  }
  return { span: occurrence.span, text: occurrence.text };
}

/** The edits that give what stands at an offset the name `wanted`, or why that cannot be. */
export function rename(
  workspace: Workspace,
  path: string,
  offset: number,
  wanted: string,
): { files: FileEdits } | Refusal {
  const ready = prepareRename(workspace, path, offset);
  if ('refused' in ready) return ready;
  const symbol = symbolAt(workspace, path, offset)?.symbol;
  if (symbol === undefined) return { refused: 'There is no name here.' };
  const problem = nameProblem(wanted);
  if (problem !== undefined) return { refused: problem };
  // Renaming `run` in `last run` to `jog` means the series: `jogs` if that is how it is counted.
  const name = fullName(symbol, ready.text, wanted);
  if (name === symbol.name) return { files: [] };
  const taken = workspace.group(path)?.index.symbols.get(symbol.id.slice(0, -symbol.name.length) + name);
  if (taken?.occurrences.some((one) => one.role === 'declares')) {
    const what = describeKind(symbol.kind);
    return {
      refused: `There is a ${what} \`${name}\` already. Choose another name for the ${what} \`${symbol.name}\`.`,
    };
  }
  const places = everywhere(workspace, path, symbol);
  const files = editsOf(symbol, places, name);
  const refused = disproof(workspace, symbol, places, name, files);
  return refused === undefined ? { files } : { refused };
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'A name needs at least one letter.';
  if (name.length > NAME_LENGTH_MAX) return `A name has at most ${NAME_LENGTH_MAX} characters.`;
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) {
    return `\`${name}\` is not a name: use letters, digits and underscores, and begin with a letter.`;
  }
  if ((reservedWords as readonly string[]).includes(name))
    return `\`${name}\` is a word of the language: choose another name.`;
  return undefined;
}

function fullName(symbol: IndexedSymbol, written: string, wanted: string): string {
  if (!counted(symbol) || written === symbol.name) return wanted;
  return singulars(symbol.name).includes(written) && !singulars(wanted).some((one) => one !== wanted)
    ? plural(wanted)
    : wanted;
}

const counted = ({ kind }: IndexedSymbol) => kind === 'series' || kind === 'list';

/** A plural of which `singulars` gives the word back. */
function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x|ch|sh|zz)$/.test(word) ? `${word}es` : `${word}s`;
}

/** What one place says after the renaming: where it said one entry of a series, it still does. */
function wordAt(symbol: IndexedSymbol, written: string, name: string): string {
  if (!counted(symbol) || written === symbol.name) return name;
  return singulars(name)[0] ?? name;
}

function editsOf(symbol: IndexedSymbol, places: readonly Occurrence[], name: string): FileEdits {
  const byFile = new Map<string, TextEdit[]>();
  for (const { path, span, text } of places) {
    byFile.set(path, [...(byFile.get(path) ?? []), { span, text: wordAt(symbol, text, name) }]);
  }
  return [...byFile].map(([path, edits]) => ({ path, edits: edits.sort((a, b) => a.span.start - b.span.start) }));
}

/** Compiles the files as they would be, and tells what would go wrong. */
function disproof(
  workspace: Workspace,
  symbol: IndexedSymbol,
  places: readonly Occurrence[],
  name: string,
  files: FileEdits,
): string | undefined {
  const trial = createWorkspace();
  for (const path of workspace.paths()) {
    const text = workspace.file(path)?.text ?? '';
    const edits = files.find((one) => one.path === path)?.edits ?? [];
    trial.put(path, applyEdits(text, edits));
    trial.know(folderOf(path), workspace.environment(folderOf(path)));
  }
  const what = `${describeKind(symbol.kind)} \`${symbol.name}\``;
  for (const { path } of files) {
    for (const before of workspace.groupsWith(path)) {
      const after = trial.group(before.files[0]?.path ?? path);
      const added = after && firstNew(before.compiled, after.compiled);
      if (added !== undefined) return `The ${what} cannot be called \`${name}\`. ${added}`;
    }
  }
  // The same places must be one thing again, and nothing else may have joined it.
  const [first] = files;
  const [edit] = first?.edits ?? [];
  if (first === undefined || edit === undefined) return undefined;
  const hit = symbolAt(trial, first.path, edit.span.start);
  const same = hit !== undefined && everywhere(trial, first.path, hit.symbol).length === places.length;
  return same
    ? undefined
    : `The ${what} cannot be called \`${name}\`: that name means something else where it is used. Choose another name.`;
}

/** The sentence of a diagnostic that the first compilation did not have. */
function firstNew(
  before: { files: readonly { path: string; diagnostics: readonly { code: string }[] }[] },
  after: { files: readonly { path: string; diagnostics: readonly { code: string; message: string }[] }[] },
): string | undefined {
  for (const { path, diagnostics } of after.files) {
    const left = new Map<string, number>();
    for (const { code } of before.files.find((one) => one.path === path)?.diagnostics ?? []) {
      left.set(code, (left.get(code) ?? 0) + 1);
    }
    for (const { code, message } of diagnostics) {
      const rest = (left.get(code) ?? 0) - 1;
      if (rest < 0) return message;
      left.set(code, rest);
    }
  }
  return undefined;
}

/** A text with edits made; they must not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let made = '';
  let at = 0;
  for (const { span, text: words } of [...edits].sort(
    (a, b) => a.span.start - b.span.start || a.span.end - b.span.end,
  )) {
    made += text.slice(at, span.start) + words;
    at = span.end;
  }
  return made + text.slice(at);
}
