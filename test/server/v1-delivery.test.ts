/** How people want to be written to, over the service doors: set, read, obeyed, and audited. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { advance } from '../../runtime/store/advance.ts';
import { monday } from '../support/server.ts';
import { codeOf, of, withStory } from '../support/service-story.ts';

const delivery = suite('v1 delivery');
const hour = 3_600_000;

const evenings = `program evenings "Evenings" {
  enroll anyone verified
  timezone "UTC"
  stage on "On" {
    check daily at 20:00 { say "How was your day?" }
    leave as lost after 300 days of silence
  }
}`;

delivery(
  'wishes are set and read back; what waits because of them is listed with its reason',
  withStory(async ({ it, enroll, server }) => {
    const ana = await enroll('ana@example.org');
    const person: string = (await it.ask('get_program_enrollment', of(ana))).body.person.id;
    const nothing = { channels: [], quiet: null, when: { kind: 'now' }, per_day: null };
    assert.equal((await it.ask('get_delivery', { params: { person } })).body, nothing);
    const wished = {
      channels: ['slack', 'web'],
      quiet: { from: '22:00', to: '07:00' },
      when: { kind: 'digest', at: '21:30' },
      per_day: 3,
    };
    const set = await it.ask('set_delivery', { params: { person }, body: wished });
    assert.equal([set.status, set.body], [200, wished]);
    assert.equal((await it.ask('get_delivery', { params: { person } })).body, wished);
    const audit = await it.ask('list_changes');
    assert.ok(
      audit.body.data.some(
        (one: { action: string; target: string }) =>
          one.action === 'set-preferences' && one.target === `person:${person}`,
      ),
    );

    await server.engine.control.publish({ source: evenings, path: 'evenings.regimen', by: 'test' });
    await server.engine.control.enroll({ person, program: 'evenings', by: 'operator' });
    await advance(server.engine.store, monday + 11.25 * hour);
    const { body } = await it.ask('list_outbox', { params: { person } });
    assert.equal(
      body.data.map(({ program, text, state, written_at, send_at, why }: Record<string, unknown>) => [
        program,
        text,
        state,
        written_at,
        send_at,
        why,
      ]),
      [
        [
          'evenings',
          'How was your day?',
          'held',
          '2026-01-05T20:00:00.000Z',
          '2026-01-05T21:30:00.000Z',
          ['All in one message at 21:30.'],
        ],
      ],
    );
  }),
);

delivery(
  'what cannot be kept is refused',
  withStory(async ({ it, enroll }) => {
    const ana = await enroll('ana@example.org');
    const person: string = (await it.ask('get_program_enrollment', of(ana))).body.person.id;
    const plain = { channels: [], quiet: null, when: { kind: 'now' }, per_day: null };
    for (const wrong of [
      { ...plain, quiet: { from: '22:00', to: '24:00' } },
      { ...plain, quiet: { from: '22:00', to: '22:00' } },
      { ...plain, when: { kind: 'digest' } },
      { ...plain, when: { kind: 'preferred', at: '6pm' } },
      { ...plain, when: { kind: 'digest', at: '23:00' }, quiet: { from: '22:00', to: '07:00' } },
      { ...plain, per_day: 0 },
      { channels: [] },
    ])
      assert.equal(
        codeOf(await it.ask('set_delivery', { params: { person }, body: wrong })),
        [400, 'malformed'],
        JSON.stringify(wrong),
      );
    const unknown = { params: { person: 'nobody' } };
    assert.equal(codeOf(await it.ask('get_delivery', unknown)), [404, 'unknown-person']);
    assert.equal(codeOf(await it.ask('list_outbox', unknown)), [404, 'unknown-person']);
    assert.equal(codeOf(await it.ask('set_delivery', { ...unknown, body: plain })), [404, 'unknown-person']);
  }),
);

delivery.run();
