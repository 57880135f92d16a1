/**
 * What was seen has been sent: a message that stands in the web chat, and is to go nowhere else, is neither withdrawn
 * nor held when its job comes late.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Control } from '../../runtime/control.ts';
import { drain } from '../../runtime/store/advance.ts';
import { setClock } from '../../runtime/store/clock.ts';
import { createControl } from '../../runtime/store/control.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { runAgent } from '../../runtime/store/run-agent.ts';
import { sweep } from '../../runtime/store/sweep.ts';
import { withDatabase } from '../support/database.ts';
import { agentOf, hour, monday, nothing, withWorker } from './story.ts';

const test = suite('seen');

const source = `program steps "Steps" {
  about     "A word after hours of silence."
  enroll    anyone verified at "acme.com"
  timezone  theirs else "UTC"
  quiet     21:00 to 08:00

  stage here "Here" {
    skill talk
    nudge after 8 hours of silence, at most 1 time
    leave as lost after 300 days of silence
  }
}
`;
const noon = monday + 3 * hour;

const meanwhile: [what: string, at: number, happens: (control: Control, person: string) => Promise<unknown>][] = [
  [
    'the person has spoken',
    9 * hour,
    (control, person) => control.receive({ person, program: 'steps', channel: 'web', id: 'm1', text: 'I am here' }),
  ],
  ['the night has come', 10 * hour, async () => {}],
  [
    'the program is paused',
    8.5 * hour,
    (control) => control.pauseProgram({ program: 'steps', reason: 'Try', by: 'ann' }),
  ],
];

for (const [what, at, happens] of meanwhile)
  test(`a nudge that was seen in the web chat has been sent, though its job comes when ${what}`, () =>
    withDatabase(async (database) => {
      const store = await database.open({ startAt: noon });
      const control = createControl(store);
      const { id: person } = await control.personByEmail('ada@acme.com', { name: 'Ada', zone: 'UTC' });
      await control.publish({ source, path: 'steps.regimen', by: 'test' });
      const { id: enrollment } = await control.enroll({ person, program: 'steps', by: 'operator' });
      const agent = agentOf(({ reason }) => ({ ...nothing, says: [reason] }));
      // As where the worker dies once the nudge is written, and none comes for a while.
      await setClock(store, noon + 8 * hour);
      await sweep(store);
      const run = (await control.enrollment(enrollment)).facts.run?.id ?? '';
      const talkers = { agent, scripted: agent, skills: () => undefined };
      await runAgent(store, talkers, { workspace: 'default', enrollment, run }, new AbortController().signal);
      const [seen] = await control.conversation({ person, program: 'steps', after: 0, limit: 10 });
      assert.is(seen?.text, 'nudge', 'it is seen');
      await setClock(store, noon + at);
      await happens(control, person);
      await withWorker(store, { agent }, () => drain(store));
      const [row] = await store.sql`select status from messages where id = ${seen?.id ?? ''}`;
      assert.is(row?.status, 'sent');
      const kinds = (await control.timeline(enrollment)).map(({ kind }) => kind);
      assert.equal(
        kinds.filter((kind) => kind === 'withdrawn' || kind === 'held'),
        [],
        'what was seen is not said to be withdrawn, or held',
      );
      assert.equal((await rebuild(store, enrollment)).differences, []);
    }));

test.run();
