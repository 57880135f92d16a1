/**
 * The half of `regimen plan` that is about real people: what a text means for everybody inside, taking them over to
 * the newest version, and back. The database is asked directly; a worker that runs does its share.
 */
import type { Control } from '../runtime/control.ts';
import type { Store } from '../runtime/store/store.ts';
import type { VersionPlan } from '../runtime/version-plan.ts';
import { type ChatProgram, readProgram } from './chat-program.ts';
import { CommandProblem, type ExitCode, type Given, type Terminal } from './command.ts';
import { loadSettings } from './load-settings.ts';
import { withStores } from './open-database.ts';
import { printProgress, printReport } from './print-version-report.ts';
import { progressBar } from './progress-bar.ts';
import { textOption } from './read-arguments.ts';

/** Plans looked back through for the one that can be rolled back. */
const plansLookedAtMax = 50;
const by = 'command';

/** Looks at everybody; with `--apply` or `--rollback` takes them over or back. */
export async function planPeople(given: Given, path: string, terminal: Terminal): Promise<ExitCode> {
  const { apply, rollback } = given.options;
  const reason = textOption(given, 'reason');
  if (apply && rollback) throw new CommandProblem('--apply and --rollback cannot go together. Choose one.');
  if ((apply || rollback) && reason === undefined)
    throw new CommandProblem('Say why: --reason "…" is kept with the change.');
  const program = readProgram(path, terminal);
  if (program === null) return 1;
  const config = await loadSettings(given);
  const { createControl } = await import('../runtime/store/control.ts');
  return withStores(config, async (store) => {
    const control = createControl(store);
    const name = program.ir.name;
    if (rollback) return rollBack(store, control, name, reason ?? '', given, terminal);
    if (apply) return applyTo(store, control, program, reason ?? '', given, terminal);
    const { text: source, imports } = program;
    const report = await control.previewVersion({ source, path: program.path, imports });
    if (textOption(given, 'format') === 'json') terminal.out(JSON.stringify(report, null, 2));
    else printReport(report, await isNewest(control, program), terminal);
    return report.counts.refused + report.counts['needs-migrate'] === 0 ? 0 : 1;
  });
}

async function applyTo(
  store: Store,
  control: Control,
  program: ChatProgram,
  reason: string,
  given: Given,
  terminal: Terminal,
): Promise<ExitCode> {
  const { name } = program.ir;
  if (!(await isNewest(control, program)))
    throw new CommandProblem(
      `This text is not the newest version of ${name}. Publish it first: in the editor, or by saving it in the folder of \`regimen dev\`.`,
    );
  const plan = await control.planVersion({ program: name, by });
  if (plan.progress.ready === 0) {
    tell(plan, given, terminal, () => printReport(plan, true, terminal));
    return plan.progress.cannot === 0 ? 0 : 1;
  }
  await control.applyPlan({ id: plan.id, by, reason, waits: given.options.now !== true });
  const done = await work(store, control, plan, 'ready');
  tell(done, given, terminal, () => {
    printReport(done, true, terminal);
    terminal.out('');
    printProgress(done, terminal);
  });
  return done.progress.cannot + done.progress.failed === 0 ? 0 : 1;
}

async function rollBack(
  store: Store,
  control: Control,
  program: string,
  reason: string,
  given: Given,
  terminal: Terminal,
): Promise<ExitCode> {
  const plans = await control.versionPlans({ program, limit: plansLookedAtMax });
  const plan = plans.find(({ status }) => status !== 'planned' && status !== 'rolled-back');
  if (plan === undefined)
    throw new CommandProblem(`No plan of ${program} has been applied: there is nothing to roll back.`);
  await control.rollbackPlan({ id: plan.id, by, reason });
  const done = await work(store, control, plan, 'adopted');
  tell(done, given, terminal, () => printProgress(done, terminal));
  return done.progress.kept === 0 ? 0 : 1;
}

/** Works on a plan until nobody's turn is left. What others wait for is left to the worker. */
async function work(
  store: Store,
  control: Control,
  { id, progress }: VersionPlan,
  left: 'ready' | 'adopted',
): Promise<VersionPlan> {
  const { workOnPlan } = await import('../runtime/store/adopt-jobs.ts');
  const bar = progressBar(process.stderr, progress[left], 'people');
  try {
    for (let before = Number.POSITIVE_INFINITY; ; ) {
      await workOnPlan(store, { workspace: store.workspace, plan: id });
      const plan = await control.versionPlan(id);
      bar.show(progress[left] - plan.progress[left]);
      // No headway: the program stands still, or who is left is in other hands at this moment.
      if (plan.progress[left] === 0 || plan.progress[left] === before) return plan;
      before = plan.progress[left];
    }
  } finally {
    bar.end();
  }
}

function tell(plan: VersionPlan, given: Given, terminal: Terminal, print: () => void): void {
  if (textOption(given, 'format') === 'json') terminal.out(JSON.stringify(plan, null, 2));
  else print();
}

/** Whether these texts are the newest version already. */
async function isNewest(control: Control, program: ChatProgram): Promise<boolean> {
  const { Refusal } = await import('../runtime/control.ts');
  const { readSources } = await import('../runtime/store/sources.ts');
  try {
    const newest = await control.programSource(program.ir.name);
    const { text: source, path, imports } = program;
    return readSources(newest).hash === readSources({ source, path, imports }).hash;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'unknown-program') return false;
    throw error;
  }
}
