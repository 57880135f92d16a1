/**
 * Walkers who go over to other versions: a small program, versions of it, and a database in which they live.
 */
import * as assert from 'uvu/assert';
import { workOnPlan } from '../../runtime/store/adopt-jobs.ts';
import { createControl } from '../../runtime/store/control.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import type { Store } from '../../runtime/store/store.ts';
import type { VersionPlan } from '../../runtime/version-plan.ts';
import { withDatabase } from './database.ts';

export const start = Date.parse('2026-01-05T09:00:00Z');
export const day = 24 * 60 * 60_000;

export const first = `program walk "Walk" {
  timezone "UTC"
  roles nurse
  data {
    goal  : number 1 to 20 = 5
    mood  : text?
    slept : yes/no?
    walks : series { minutes: number }
  }
  anytime {
    command "stop" { leave as opted_out }
    command "mood" (text) as m { set mood = m }
    command "goal" (number) as g { set goal = clamp(g, 1, 20) }
  }
  stage intro "Hello" {
    say "Hello."
    command "go" { advance to walking }
    leave as lost after 300 days of silence
  }
  stage walking "Walking" {
    check daily at 08:00 { tell nurse "Walk?" }
    command "night" { ask "Did you sleep?" (yes | no) as slept }
    advance to done when count(walks this visit) >= 9
    leave as lost after 300 days of silence
  }
  stage done final success "Done" { say "Done." }
}
`;
/** Another name for a stage and a field, a narrower range, no question any more. */
export const second = first
  .replace(
    'data {',
    'migrate from 1 { stage intro becomes welcome  field mood becomes feeling  set goal = min(goal, 9) }\n  data {',
  )
  .replace('goal  : number 1 to 20 = 5', 'goal  : number 1 to 9 = 5')
  .replace('mood  : text?', 'feeling : text?')
  .replace('set mood = m', 'set feeling = m')
  .replace('clamp(g, 1, 20)', 'clamp(g, 1, 9)')
  .replace('stage intro "Hello"', 'stage welcome "Welcome"')
  .replace('    command "night" { ask "Did you sleep?" (yes | no) as slept }\n', '');
/** The same change of the goal, and nobody says what becomes of it. */
export const unsaid = first
  .replace('number 1 to 20 = 5', 'number 1 to 9 = 5')
  .replace('clamp(g, 1, 20)', 'clamp(g, 1, 9)');
/** Only other words. */
export const reworded = first.replace('tell nurse "Walk?"', 'tell nurse "Please walk."');

export type Story = Awaited<ReturnType<typeof beginStory>>;

export async function beginStory(store: Store) {
  const control = createControl(store);
  await control.publish({ source: first, path: 'walk.regimen', by: 'test' });
  let count = 0;
  const say = async (id: string, text: string) => {
    const { person } = await control.enrollment(id);
    count += 1;
    await control.receive({ person: person.id, program: 'walk', channel: 'web', id: `m${count}`, text });
  };
  return {
    store,
    control,
    say,
    /** Somebody enrolled, to whom these words are said in turn. */
    enroll: async (id: string, ...words: string[]) => {
      const person = await control.personByEmail(`${id}@example.com`);
      await control.enroll({ person: person.id, program: 'walk', id, by: 'operator' });
      for (const text of words) await say(id, text);
      return id;
    },
    publish: (source: string) => control.publish({ source, path: 'walk.regimen', by: 'test' }),
    plan: (to?: number) => control.planVersion({ program: 'walk', by: 'ann', ...(to === undefined ? {} : { to }) }),
    apply: async ({ id }: VersionPlan, waits = true) => {
      await control.applyPlan({ id, by: 'ann', reason: 'A shorter way', waits });
      await workOnPlan(store, { workspace: store.workspace, plan: id });
      return control.versionPlan(id);
    },
    rollBack: async ({ id }: VersionPlan) => {
      await control.rollbackPlan({ id, by: 'bob', reason: 'It was too short' });
      await workOnPlan(store, { workspace: store.workspace, plan: id });
      return control.versionPlan(id);
    },
    folds: async (ids: string[]) => {
      for (const id of ids) assert.equal((await rebuild(store, id)).differences, [], id);
    },
    versionOf: async (id: string) => (await control.enrollment(id)).version,
  };
}

/** A story with a database of its own, as the work of a test. */
export const walking = (work: (story: Story) => Promise<void>) => () =>
  withDatabase(async (database) => work(await beginStory(await database.open({ startAt: start }))));
