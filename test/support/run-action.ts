/**
 * Runs the steps of `action.yml` that are commands, as a runner of GitHub would: with the inputs in
 * their environment, one after the other, each with what earlier ones put on the path.
 *
 * Steps that use other actions (Node's set-up, the upload) are told of and not run. Conditions are
 * read as far as the action uses them: `&&`, `==`, `!=`, `!cancelled()`, outcomes and inputs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

type Action = {
  inputs: Record<string, { description: string; default: string }>;
  runs: {
    using: string;
    steps: {
      name: string;
      id?: string;
      if?: string;
      uses?: string;
      run?: string;
      env?: Record<string, string>;
      shell?: string;
    }[];
  };
};

export type StepOutcome = { name: string; outcome: 'success' | 'failure' | 'skipped' | 'not run'; out: string };

/** No step takes longer. */
const stepMsMax = 150_000;

export const readAction = (path: string): Action => parse(readFileSync(path, 'utf8')) as Action;

/** `folder` is the checkout; what a runner keeps beside it lies in `temporary`. */
export function runAction(
  action: Action,
  given: Record<string, string>,
  where: { folder: string; temporary: string; env: Record<string, string> },
): StepOutcome[] {
  for (const name of Object.keys(given)) if (!(name in action.inputs)) throw new Error(`There is no input ${name}.`);
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: value }]) => [name, given[name] ?? value]),
  );
  mkdirSync(where.temporary, { recursive: true });
  const pathFile = join(where.temporary, 'path');
  writeFileSync(pathFile, '');
  const outcomes: StepOutcome[] = [];
  const outcomeOf = new Map<string, string>();
  const worth = (expression: string): string => {
    const word = expression.trim();
    const input = /^inputs\.([\w-]+)$/.exec(word)?.[1];
    if (input !== undefined) {
      const value = inputs[input];
      if (value === undefined) throw new Error(`There is no input ${input}.`);
      return value;
    }
    const step = /^steps\.(\w+)\.outcome$/.exec(word)?.[1];
    if (step !== undefined) return outcomeOf.get(step) ?? '';
    const text = /^'([^']*)'$/.exec(word)?.[1];
    if (text === undefined) throw new Error(`I cannot read ${word}.`);
    return text;
  };
  const holds = (condition: string): boolean =>
    condition
      .replace(/^\$\{\{|\}\}$/g, '')
      .split('&&')
      .every((clause) => {
        if (clause.trim() === '!cancelled()') return true;
        const [, left = '', sign, right = ''] = /^(.*?)(==|!=)(.*)$/.exec(clause) ?? [];
        return (worth(left) === worth(right)) === (sign === '==');
      });
  for (const step of action.runs.steps) {
    // Without a condition a step runs only where none before it has failed.
    const wanted = step.if === undefined ? outcomes.every(({ outcome }) => outcome !== 'failure') : holds(step.if);
    if (!wanted || step.run === undefined) {
      outcomes.push({ name: step.name, outcome: wanted ? 'not run' : 'skipped', out: '' });
      continue;
    }
    if (/\$\{\{/.test(step.run)) throw new Error(`The script of “${step.name}” has an expression in it.`);
    const added = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').split('\n').filter(Boolean) : [];
    const env = Object.fromEntries(
      Object.entries(step.env ?? {}).map(([name, value]) => [
        name,
        value.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => worth(expression)),
      ]),
    );
    const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
      cwd: where.folder,
      encoding: 'utf8',
      timeout: stepMsMax,
      env: {
        ...where.env,
        PATH: [...added.reverse(), where.env.PATH].join(':'),
        GITHUB_PATH: pathFile,
        GITHUB_WORKSPACE: where.folder,
        RUNNER_TEMP: where.temporary,
        CI: 'true',
        ...env,
      },
    });
    const outcome = status === 0 ? 'success' : 'failure';
    if (step.id !== undefined) outcomeOf.set(step.id, outcome);
    outcomes.push({ name: step.name, outcome, out: `${stdout}${stderr}` });
  }
  return outcomes;
}
