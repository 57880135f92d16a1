/**
 * Everything Regimen can say and everything it offers to mend has a snapshot that people can read: the
 * source and what the terminal shows about it. A code or a kind of code action without one is named.
 *
 * `UPDATE=1` writes the snapshots again; read that diff as an author would.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { skillFinding } from '../../cli/finding.ts';
import { printFinding } from '../../cli/print-findings.ts';
import { compile } from '../../compiler/compile.ts';
import {
  exampleEnvironment,
  exampleFiles,
  exampleText,
  explainCode,
  explainedCodes,
} from '../../compiler/explain-code.ts';
import { type CodeAction, codeActions, diagnosticsOf, madeTitles } from '../../compiler/service/code-actions.ts';
import { applyEdits } from '../../compiler/service/rename.ts';
import { createWorkspace, folderOf, type Workspace } from '../../compiler/service/workspace.ts';
import { catalogue } from '../../language/catalogue.ts';
import type { Diagnostic } from '../../language/diagnostics.ts';
import { type ExplainedCode, explanations } from '../../language/explanations.ts';
import { fixTitles } from '../../language/fixes.ts';
import { readSkill } from '../../runtime/skills.ts';
import { readCases, testCases } from '../support/cases.ts';
import { diagnose, readCaseFiles } from '../support/diagnose.ts';
import { changedLines, renderAll } from '../support/render.ts';
import { updateOrCompare } from './support.ts';

const here = (name: string) => `${import.meta.dirname}/cases/${name}.txt`;
/** The cases in which mistakes are made on purpose. */
const mistakes = [
  ...['diagnostics', 'meanings', 'analyses', 'oversights', 'remedies'].map(here),
  `${import.meta.dirname}/../language/cases/diagnostics.txt`,
];
/** Said of a text that is too long for a file of cases, or of a skill beside it: only their explanations show them. */
const explainedOnly = ['too-long', 'too-deep', 'gave-up', 'too-many-mistakes', 'skill-oversteps'];

// ---------------------------------------------------------------- every code

const saidIn = (rendered: string): string[] =>
  [...rendered.matchAll(/^(?:error|warning) ([a-z-]+): /gm)].map((match) => match[1] ?? '');

test('every code has a case with its source and what the terminal shows', () => {
  const seen = new Set(mistakes.flatMap(readCases).flatMap(({ expected }) => saidIn(expected)));
  const unseen = Object.keys(catalogue).filter((code) => !seen.has(code) && !explainedOnly.includes(code));
  assert.equal(unseen, []);
});

/** The failing example of an explanation, and what the terminal shows: once for each code. */
function explained(code: ExplainedCode): string {
  const { fails } = explainCode(code);
  const files = code === 'skill-file' ? [] : compile(exampleFiles(code, 'fails'), exampleEnvironment).files;
  const said = files.flatMap(({ path, text, diagnostics }) => {
    const first = diagnostics.filter(
      (one, index) => diagnostics.findIndex((other) => other.code === one.code) === index,
    );
    return first.length === 0 ? [] : [renderAll(text, first, path)];
  });
  const shown = code === 'skill-file' ? ofSkill(exampleText(code, 'fails')) : said.join('\n\n');
  return `=== ${code}\n${fails}\n--- expected\n${shown}\n`;
}

function ofSkill(text: string): string {
  const { problems } = readSkill('run_coach', { 'SKILL.md': text });
  return problems
    .map(({ line, message }) => printFinding(skillFinding('SKILL.md', text, line, message), (_, words) => words))
    .join('\n\n');
}

test('every explanation shows what the terminal shows', () => {
  const codes = explainedCodes().filter((code) => Object.hasOwn(explanations, code));
  updateOrCompare(new URL('cases/explained.txt', import.meta.url), codes.map(explained).join('\n'));
  for (const { name, expected } of readCases(here('explained'))) assert.ok(saidIn(expected).includes(name), name);
});

// ---------------------------------------------------------------- every code action

function workspaceOf(source: string): Workspace {
  const workspace = createWorkspace();
  const { files, environment } = readCaseFiles(source);
  for (const { path, text } of files) workspace.put(path.replace(/^\.\//, ''), text);
  workspace.know(folderOf('case.regimen'), environment);
  return workspace;
}

/** Every action that is offered anywhere in the first file of a case, each once. */
function actionsOf(source: string): { text: string; actions: CodeAction[] } {
  const workspace = workspaceOf(source);
  const problems = diagnosticsOf(workspace, 'case.regimen');
  const actions = problems.flatMap(({ span }) => codeActions(workspace, 'case.regimen', span));
  const once = actions.filter((one, index) => actions.findIndex((other) => same(one, other)) === index);
  const ofAll = (one: CodeAction) => (one.kind === 'fix-all' ? 1 : 0);
  return {
    text: workspace.file('case.regimen')?.text ?? '',
    actions: once.toSorted((one, other) => ofAll(one) - ofAll(other)),
  };
}

const same = (one: CodeAction, other: CodeAction): boolean =>
  one.title === other.title && JSON.stringify(one.edits) === JSON.stringify(other.edits);

/** What it is for, its title, and the lines it changes. */
function renderActions(source: string): string {
  const { text, actions } = actionsOf(source);
  if (actions.length === 0) return 'no actions';
  return actions
    .map(({ title, preferred, diagnostics, edits }) => {
      const [problem] = diagnostics;
      const about = problem === undefined ? [] : [`${problem.severity} ${problem.code}: ${problem.message}`];
      return [...about, `${preferred ? 'fix' : 'or'}: ${title}`, changedLines(text, applyEdits(text, edits))].join(
        '\n',
      );
    })
    .join('\n\n');
}

testCases(here('actions'), renderActions);

test('every kind of code action has a case', () => {
  const seen = new Set<string>(
    readCases(here('actions')).flatMap(({ source }) => actionsOf(source).actions.map(({ does }) => does)),
  );
  assert.equal(
    [...Object.keys(fixTitles), ...Object.keys(madeTitles)].filter((kind) => !seen.has(kind)),
    [],
  );
});

const fixOf = ({ code, fix }: Diagnostic): string[] => (fix === undefined ? [] : [`${code}: ${fix.kind}`]);

test('every diagnostic that offers a fix has a case among the code actions', () => {
  const offered = (file: string) =>
    readCases(file).flatMap(({ source }) => diagnose(source).diagnostics.flatMap(fixOf));
  const shown = new Set(offered(here('actions')));
  assert.equal(
    [...new Set(mistakes.flatMap(offered))].filter((one) => !shown.has(one)),
    [],
  );
});

/** What is made for an author waits for their next words: who sets it, and who goes to the stage that was meant. */
const awaited = (does: CodeAction['does']): string =>
  does === 'add-field' ? 'never-set: ' : does === 'add-stage' ? 'unreachable-stage: ' : '—';

const idOf = ({ code, message }: { code: string; message: string }): string => `${code}: ${message}`;

for (const { name, source } of readCases(here('actions'))) {
  test(`${name}: the action takes its problem away and brings no other`, () => {
    const before = diagnose(source).diagnostics.map(idOf);
    const { text, actions } = actionsOf(source);
    assert.ok(actions.length > 0);
    for (const { does, kind, title, diagnostics, edits } of actions) {
      const after = diagnose(source, applyEdits(text, edits)).diagnostics.map(idOf);
      const mended = kind === 'fix-all' ? before : diagnostics.map(idOf);
      // What was only the echo of the problem goes with it.
      const left = before.filter((one) => !mended.includes(one));
      const brought = without(after, left).filter((one) => !one.startsWith(awaited(does)));
      assert.equal(brought, [], title);
    }
  });
}

/** What is more in `all` than in `known`. */
function without(all: readonly string[], known: readonly string[]): string[] {
  const rest = [...known];
  return all.filter((one) => {
    const at = rest.indexOf(one);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

test.run();
