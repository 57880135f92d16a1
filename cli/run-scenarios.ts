/**
 * Finds scenarios and tells them: each on a virtual clock, without a database and without a model.
 *
 * The stories themselves are told by `runtime/scenario.ts`. A scenario whose file or program has errors
 * is not told: the errors are findings, and it counts as failed. Printing is left to others.
 */
import { dirname, join, resolve } from 'node:path';
import type { ScenarioIr } from '../compiler/scenario-ir.ts';
import type { Span } from '../language/ast.ts';
import { lineMap } from '../language/position.ts';
import { type Coverage, cover, nothingCovered } from '../runtime/coverage.ts';
import { type LoadedProgram, load } from '../runtime/load.ts';
import { type RecordedRun, recordingAgent, replayingAgent } from '../runtime/recorded-agent.ts';
import { type Prompts, runScenario, type ScenarioFailure, scenarioAgent, scenarioStart } from '../runtime/scenario.ts';
import type { Agent, Skill } from '../runtime/services.ts';
import { simulate } from '../runtime/simulate.ts';
import type { TimelineRow } from '../runtime/timeline.ts';
import { filesBeside, findFiles, type SourceFile } from './find-files.ts';
import { type Finding, placeOf } from './finding.ts';
import { type Project, readProject } from './read-project.ts';
import { type Recordings, readRecordings } from './recordings.ts';

export type ToldFailure = {
  line: number;
  column: number;
  /** Of the expectation, in the text of the file. */
  span: Span;
  expected: string;
  happened: string;
  why?: string;
};

export type Told = { path: string; title: string; line: number; passed: boolean; ms: number; failures: ToldFailure[] };

/** What the scenarios went through of one program. `texts`, by path: its file and those it imports. */
export type Covered = { path: string; program: string; texts: ReadonlyMap<string, string>; coverage: Coverage };

export type ScenarioRun = {
  /** Everything that was looked at: the files that were asked for, and scenarios beside a program that was. */
  files: SourceFile[];
  /** Absolute paths of everything that was compiled: these files, and what they import. */
  read: string[];
  told: Told[];
  /** Errors in what was told or should have been. */
  broken: Finding[];
  covered: Covered[];
  /** Scenarios there are, whether or not they were filtered out. */
  considered: number;
  /** With a model: what it did, by absolute path of the scenario file, and what that cost. */
  recorded: Map<string, Recordings>;
  usd: number;
};

export type ScenarioChoice = {
  paths: readonly string[];
  /** Only scenarios with this in their title, whatever the letters' case. */
  filter: string | undefined;
  coverage: boolean;
  /** Talks where a story tells the agent nothing, instead of a recording or the skill's script; is recorded. */
  model?: Agent;
};

/**
 * Tells the scenarios under these paths. `texts`, by absolute path, stand for what is on the disk.
 * Throws `CommandProblem` for a path that cannot be read.
 */
export async function runScenarios(
  { paths, filter, coverage, model }: ScenarioChoice,
  cwd: string,
  texts: ReadonlyMap<string, string> = new Map(),
): Promise<ScenarioRun> {
  const asked = findFiles(paths, cwd);
  const files = withScenariosBeside(asked, cwd);
  const project = await readProject(files, cwd, texts);
  const isAsked = new Set(asked.map(({ path }) => path));
  const used = new Set(isAsked);
  const wanted = filter?.toLowerCase();
  const run: ScenarioRun = {
    files,
    read: [],
    told: [],
    broken: [],
    covered: [],
    considered: 0,
    recorded: new Map(),
    usd: 0,
  };

  const recordings = new Map<string, Recordings>();
  for (const folder of project.folders) {
    const loaded = loadPrograms(folder, cwd);
    const texts = new Map(folder.compiled.files.map(({ path, text }) => [path, text]));
    for (const path of texts.keys()) run.read.push(resolve(cwd, path));
    if (coverage) {
      for (const { program, path, ok } of loaded.values())
        if (isAsked.has(path) && ok)
          run.covered.push({ path, program: program.ir.name, texts, coverage: nothingCovered(program) });
    }
    for (const { path, scenario, ok } of folder.compiled.scenarios) {
      const program = loaded.get(scenario.program);
      if (!folder.asked.has(path) || !(isAsked.has(path) || isAsked.has(program?.path ?? ''))) continue;
      used.add(path);
      run.considered += 1;
      if (wanted !== undefined && !scenario.title.toLowerCase().includes(wanted)) continue;
      const text = texts.get(path) ?? '';
      const lines = lineMap(text);
      const place = { path, title: scenario.title, line: lines.position(scenario.span.start).line };
      if (!ok || program === undefined || !program.ok) {
        const reason =
          program === undefined
            ? `the program ${scenario.program} is missing`
            : program.ok
              ? 'the scenario has errors'
              : `the program ${scenario.program} has errors`;
        run.told.push(untold(place, scenario, 'a scenario and a program without errors', reason));
        continue;
      }
      const absolute = resolve(cwd, path);
      const agents = {
        recorded: recordings.get(path) ?? (await readRecordings({ path, absolute })),
        model,
        keep: (one: RecordedRun, usd: number) => {
          const ofFile = run.recorded.get(absolute) ?? {};
          ofFile[scenario.title] = [...(ofFile[scenario.title] ?? []), one];
          run.recorded.set(absolute, ofFile);
          run.usd += usd;
        },
      };
      recordings.set(path, agents.recorded);
      const { told, rows } = await tell(scenario, place, text, program.program, await program.skills(), agents);
      run.told.push(told);
      const covered = run.covered.find((one) => one.path === program.path && one.program === scenario.program);
      if (covered) cover(covered.coverage, program.program, rows);
    }
  }
  run.broken = project.files
    .filter(({ path }) => used.has(path))
    .flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'error'));
  return run;
}

type Loaded = { path: string; ok: boolean; program: LoadedProgram; skills(): Promise<Record<string, Skill>> };

/** The programs of a folder by name; each is loaded once, and its skills when they are first needed. */
function loadPrograms({ compiled }: Project['folders'][number], cwd: string): Map<string, Loaded> {
  const loaded = new Map<string, Loaded>();
  for (const { path, ir, ok } of compiled.programs) {
    if (loaded.has(ir.name)) continue;
    const source = compiled.files.find((one) => one.path === path)?.text ?? '';
    let skills: Promise<Record<string, Skill>> | undefined;
    loaded.set(ir.name, {
      path,
      ok,
      // The machine of a program with errors is never asked for.
      program: ok ? load(ir, source, compiled.files) : ({ ir, source } as LoadedProgram),
      skills: () => {
        skills ??= skillsBeside(resolve(cwd, path));
        return skills;
      },
    });
  }
  return loaded;
}

type Agents = {
  /** By title. */
  recorded: Recordings;
  model: Agent | undefined;
  keep: (run: RecordedRun, usd: number) => void;
};

/** Who talks in a story: what it tells comes first, then the model, then its recording, then the skill's script. */
function agentFor(title: string, prompts: Prompts, { recorded, model, keep }: Agents): Agent {
  const told = scenarioAgent(prompts);
  if (model !== undefined) return recordingAgent(model, prompts, told, keep);
  const runs = recorded[title];
  return runs === undefined ? told : replayingAgent(runs, prompts, told);
}

async function tell(
  scenario: ScenarioIr,
  place: Pick<Told, 'path' | 'title' | 'line'>,
  text: string,
  program: LoadedProgram,
  skills: Record<string, Skill>,
  agents: Agents,
): Promise<{ told: Told; rows: readonly TimelineRow[] }> {
  const started = performance.now();
  const lines = lineMap(text);
  const show = ({ span, expected, happened, why }: ScenarioFailure): ToldFailure => {
    const { line, column } = placeOf(lines, span);
    return { line, column, span, expected, happened, ...(why === undefined ? {} : { why }) };
  };
  try {
    const prompts: Prompts = { says: [], sets: [], judgements: [] };
    const world = simulate({
      program,
      agent: agentFor(scenario.title, prompts, agents),
      skills,
      enrollment: 'scenario',
      start: scenarioStart(scenario, program).at,
    });
    const { failures, timeline } = await runScenario(scenario, program, world, prompts);
    const ms = Math.round(performance.now() - started);
    return { told: { ...place, passed: failures.length === 0, ms, failures: failures.map(show) }, rows: timeline };
  } catch (error) {
    // A limit was reached, a recording is of another story, a model did not answer: the message says it.
    return { told: untold(place, scenario, 'the story to come to its end', (error as Error).message), rows: [] };
  }
}

function untold(
  place: Pick<Told, 'path' | 'title' | 'line'>,
  { span }: ScenarioIr,
  expected: string,
  happened: string,
): Told {
  const at = { line: place.line, column: 1, span: { start: span.start, end: span.start } };
  return { ...place, passed: false, ms: 0, failures: [{ ...at, expected, happened }] };
}

async function skillsBeside(program: string): Promise<Record<string, Skill>> {
  const { openSkillFolders } = await import('../server/services/skill-files.ts');
  const folders = openSkillFolders(join(dirname(program), 'skills'));
  const skills: Record<string, Skill> = {};
  for (const name of (await folders.names()) ?? []) {
    const { skill } = await folders.read(name);
    if (skill !== undefined) skills[name] = skill;
  }
  return skills;
}

/** Where a program is named, the scenarios beside it may be about it. */
function withScenariosBeside(asked: readonly SourceFile[], cwd: string): SourceFile[] {
  const folders = new Set(asked.filter(({ kind }) => kind === 'program').map(({ absolute }) => dirname(absolute)));
  const beside = [...folders].flatMap((folder) => filesBeside(folder, cwd)).filter(({ kind }) => kind === 'scenario');
  const known = new Set(asked.map(({ absolute }) => absolute));
  return [...asked, ...beside.filter(({ absolute }) => !known.has(absolute))];
}
