/**
 * What an editor can do about a problem: the fix of a diagnostic, all fixes of a file at once, and
 * the missing stage or field itself.
 */
import type { Program, Span, Stage } from '../../language/ast.ts';
import type { Diagnostic } from '../../language/diagnostics.ts';
import type { FixKind } from '../../language/fixes.ts';
import { applyEdits, type TextEdit } from './rename.ts';
import { textChange } from './text-change.ts';
import { createWorkspace, folderOf, type Workspace } from './workspace.ts';

/** What is made here, besides the fixes of diagnostics: each kind with its title. */
export const madeTitles = {
  'add-stage': 'Add a stage `{text}`',
  'add-field': 'Add a field `{text}`',
  'fix-all': 'Fix {text} in this file',
} as const;

type MadeKind = keyof typeof madeTitles;

export type CodeAction = {
  title: string;
  /** What it does: every kind has an example among the tests. */
  does: FixKind | MadeKind;
  /** `fix` mends one diagnostic, `fix-all` every one that can be mended alone. */
  kind: 'fix' | 'fix-all';
  /** The obvious one of several. */
  preferred: boolean;
  diagnostics: Diagnostic[];
  edits: TextEdit[];
};

/** Mending may uncover more to mend; so many rounds are made. */
const ROUNDS_MAX = 20;

/** Everything that can be done about the problems that touch `span`. */
export function codeActions(workspace: Workspace, path: string, span: Span): CodeAction[] {
  const file = workspace.file(path);
  const all = diagnosticsOf(workspace, path);
  if (file === undefined) return [];
  const here = all.filter((one) => one.span.start <= span.end && one.span.end >= span.start);
  const actions = here.flatMap((one): CodeAction[] => [
    ...(one.fix === undefined
      ? []
      : [
          {
            title: one.fix.title,
            does: one.fix.kind,
            kind: 'fix' as const,
            preferred: true,
            diagnostics: [one],
            edits: one.fix.edits,
          },
        ]),
    ...missing(workspace, path, one),
  ]);
  const mendable = all.filter((one) => one.fix !== undefined);
  if (here.length > 0 && mendable.length > 1) actions.push(...fixAll(workspace, path));
  return actions;
}

/** The diagnostics of a file that stand in its own text. */
export function diagnosticsOf(workspace: Workspace, path: string): Diagnostic[] {
  const found = workspace.group(path)?.compiled.files.find((one) => one.path === path)?.diagnostics ?? [];
  return found.filter((one) => one.span.file === undefined || one.span.file === path);
}

/** One action that makes every fix of a file whose diagnostic is gone afterwards; none where there is no such fix. */
export function fixAll(workspace: Workspace, path: string): CodeAction[] {
  const file = workspace.file(path);
  if (file === undefined) return [];
  const trial = copyOf(workspace);
  const refused = new Set<string>();
  const mended: Diagnostic[] = [];
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = diagnosticsOf(trial, path);
    const text = trial.file(path)?.text ?? '';
    const chosen = choose(before.filter((one) => !refused.has(idOf(one))));
    if (chosen.length === 0) break;
    trial.put(
      path,
      applyEdits(
        text,
        chosen.flatMap((one) => one.fix?.edits ?? []),
      ),
    );
    const after = count(diagnosticsOf(trial, path).map(idOf));
    const were = count(before.map(idOf));
    const useless = chosen.filter((one) => (after.get(idOf(one)) ?? 0) >= (were.get(idOf(one)) ?? 0));
    if (useless.length > 0) {
      for (const one of useless) refused.add(idOf(one));
      trial.put(path, text);
      continue;
    }
    mended.push(...chosen);
  }
  const edits = textChange(file.text, trial.file(path)?.text ?? file.text);
  if (edits.length === 0) return [];
  const title = titled('fix-all', mended.length === 1 ? '1 problem' : `${mended.length} problems`);
  return [{ title, does: 'fix-all', kind: 'fix-all', preferred: false, diagnostics: [], edits }];
}

const titled = (kind: MadeKind, text: string): string => madeTitles[kind].replace('{text}', () => text);

function copyOf(workspace: Workspace): Workspace {
  const copy = createWorkspace();
  for (const path of workspace.paths()) {
    copy.put(path, workspace.file(path)?.text ?? '');
    copy.know(folderOf(path), workspace.environment(folderOf(path)));
  }
  return copy;
}

/** Fixes that do not touch each other, from the beginning of the file. */
function choose(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const taken: TextEdit[] = [];
  return diagnostics.filter(({ fix }) => {
    if (fix === undefined || fix.edits.length === 0) return false;
    const touches = fix.edits.some((a) => taken.some((b) => a.span.start <= b.span.end && b.span.start <= a.span.end));
    if (!touches) taken.push(...fix.edits);
    return !touches;
  });
}

const idOf = ({ code, message }: Diagnostic): string => `${code} ${message}`;

function count(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

// ---------------------------------------------------------------- what is missing

/** Makes the stage or the field that a diagnostic misses, in a form that the author then changes. */
function missing(workspace: Workspace, path: string, problem: Diagnostic): CodeAction[] {
  const file = workspace.file(path);
  if (file === undefined) return [];
  const name = file.text.slice(problem.span.start, problem.span.end);
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) return [];
  const program = file.ast.programs.find((one) => holds(one.span, problem.span));
  if (program === undefined) return [];
  const edits =
    problem.code === 'unknown-stage'
      ? [newStage(program, problem, name)]
      : problem.code === 'unknown-name'
        ? fieldTypes.map((type) => newField(program, file.text, `${name} : ${type}`)).filter((one) => one !== undefined)
        : [];
  const does = problem.code === 'unknown-stage' ? 'add-stage' : 'add-field';
  for (const edit of edits) {
    const action: CodeAction = {
      title: titled(does, name),
      does,
      kind: 'fix',
      preferred: false,
      diagnostics: [problem],
      edits: [edit],
    };
    if (mends(workspace, path, action)) return [action];
  }
  return [];
}

/** What a new field could be; the first with which the text is right. It may be missing until the author says more. */
const fieldTypes = ['text?', 'yes/no?', 'number?', 'date?'];

/** Whether the problem is gone with the action, and nothing that is wrong or looks wrong has come. */
function mends(workspace: Workspace, path: string, action: CodeAction): boolean {
  const trial = copyOf(workspace);
  const errors = (space: Workspace) => diagnosticsOf(space, path).filter((one) => one.severity === 'error').length;
  const unclear = (space: Workspace) => space.file(path)?.syntax.length ?? 0;
  trial.put(path, applyEdits(trial.file(path)?.text ?? '', action.edits));
  return errors(trial) < errors(workspace) && unclear(trial) <= unclear(workspace);
}

/** Behind the stage that speaks of it, with its skill; it has a way out, so that nobody is stuck there. */
function newStage(program: Program, problem: Diagnostic, name: string): TextEdit {
  const stages = program.items.filter((item): item is Stage => item.kind === 'stage');
  const around = stages.find((one) => holds(one.span, problem.span)) ?? stages.at(-1);
  const at = around?.span.end ?? program.span.end - 1;
  const skill = around?.items.find((item) => item.kind === 'skill');
  const lines = [
    `stage ${name} "${titleOf(name)}" {`,
    ...(skill === undefined ? [] : [`  skill ${skill.name.text}`]),
    '  leave as lost after 30 days of silence',
    '}',
  ];
  const text = lines.map((line) => `  ${line}`).join('\n');
  return { span: { start: at, end: at }, text: around === undefined ? `${text}\n` : `\n\n${text}` };
}

/** At the end of `data`, which is made where there is none. */
function newField(program: Program, text: string, field: string): TextEdit | undefined {
  const data = program.items.find((item) => item.kind === 'data');
  const last = data?.kind === 'data' ? data.fields.at(-1) : undefined;
  if (last === undefined) {
    const first = program.items.find((item) => item.kind === 'stage' || item.kind === 'anytime');
    if (first === undefined) return undefined;
    return { span: { start: first.span.start, end: first.span.start }, text: `data {\n    ${field}\n  }\n\n  ` };
  }
  // Behind a comment on the same line, but never behind the end of the block.
  const rest = /^[^\r\n}]*(?=\r?\n|$)/.exec(text.slice(last.span.end))?.[0] ?? '';
  const at = last.span.end + rest.length;
  return { span: { start: at, end: at }, text: `\n    ${field}` };
}

const holds = (outer: Span, inner: Span) => inner.start >= outer.start && inner.end <= outer.end;

/** `getting_well` → `Getting well`. */
const titleOf = (name: string) => {
  const words = name.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
