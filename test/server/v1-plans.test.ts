/** New versions and what waits for somebody, by the doors of services. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { operations } from '../../server/v1/operations.ts';
import { withServer } from '../support/server.ts';
import { asked, newService } from '../support/service.ts';
import { codeOf, of, withStory } from '../support/service-story.ts';
import { walking } from '../support/walking.ts';
import { ward } from '../support/ward.ts';

const plans = suite('v1 plans');

/** A job must have ended by then. */
const endsWithinMs = 20_000;

plans(
  'a new version is looked at, planned, applied and rolled back',
  withStory(async ({ it, enroll }) => {
    const [ana, ben] = [await enroll('ana@example.org'), await enroll('ben@example.org', 'walking')];
    const source = walking.replace('"Resting"', '"Resting well"').replaceAll('done >= 2', 'done >= 3');
    const preview = await it.ask('preview_version', { body: { source } });
    assert.equal([preview.body.people, preview.body.to], [2, 2]);
    assert.is((await it.ask('list_programs')).body.data[0].version, 1, 'nothing is published by looking');
    await it.ask('publish_program', { body: { source } });
    const { body: plan } = await it.ask('plan_version', { params: { program: 'walking' } });
    assert.equal([plan.status, plan.to, plan.people, plan.progress.ready], ['planned', 2, 2, 2]);
    const params = { plan: plan.id };
    assert.equal(
      (await it.ask('list_plans', { params: { program: 'walking' } })).body.data.map(({ id }: { id: string }) => id),
      [plan.id],
    );
    const people = (await it.ask('list_plan_people', { params, query: { limit: 1 } })).body;
    assert.equal([people.data.length, people.next_after], [1, people.data[0].enrollment]);
    const rest = (await it.ask('list_plan_people', { params, query: { after: people.next_after } })).body;
    assert.equal([people.data[0].enrollment, rest.data[0].enrollment].sort(), [ana, ben].sort());

    const until = async (status: string) => {
      const deadline = Date.now() + endsWithinMs;
      for (;;) {
        const { body } = await it.ask('get_plan', { params });
        if (body.status === status) return body;
        if (Date.now() > deadline) throw new Error(`The plan is still ${body.status}.`);
        await new Promise((done) => setTimeout(done, 30));
      }
    };
    const versions = async () =>
      (await it.ask('list_enrollments')).body.data.map(({ version }: { version: number }) => version);
    assert.equal(codeOf(await it.ask('apply_plan', { params, body: { reason: ' ' } })), [400, 'malformed']);
    assert.is((await it.ask('apply_plan', { params, body: { reason: 'A better rest.' } })).status, 202);
    assert.is((await until('applied')).progress.adopted, 2);
    assert.equal(await versions(), [2, 2]);
    assert.is((await it.ask('get_program_enrollment', of(ana))).body.stage_title, 'Resting well');
    await it.ask('rollback_plan', { params, body: { reason: 'It was not better.' } });
    assert.is((await until('rolled-back')).progress.returned, 2);
    assert.equal(await versions(), [1, 1]);
    const changes = (await it.ask('list_changes', { query: { target: 'program:walking' } })).body.data;
    assert.ok(changes.some((one: { reason: string | null }) => one.reason === 'A better rest.'));
    assert.equal(codeOf(await it.ask('get_plan', { params: { plan: 'none' } })), [404, 'unknown-plan']);
  }),
);

plans('what waits is listed, decided, answered and closed by services', () =>
  withServer({ sources: [ward] }, async (server) => {
    const it = await newService(server);
    const { id: person } = await server.engine.control.personByEmail('ana@example.org');
    const enrolled = await it.ask('enroll_user', { body: { program: 'ward', person_id: person } });
    const ana = enrolled.body.id;
    for (const [index, text] of ['up', 'ready', 'alarm'].entries())
      await server.engine.control.receive({ person, program: 'ward', channel: 'web', id: `m${index}`, text });
    const waiting = async (): Promise<Record<string, unknown>[]> => {
      const { body } = await it.ask('list_waiting');
      // All came at one moment of the virtual clock.
      return body.data.sort((a: { kind: string }, b: { kind: string }) => (a.kind < b.kind ? -1 : 1));
    };
    const found = await waiting();
    assert.equal(
      found.map(({ kind, to, value, options }: Record<string, unknown>) => [kind, to, value, options]),
      [
        ['escalation', 'nurse', null, null],
        ['proposal', 'doctor', 12, null],
        ['question', 'doctor', null, ['yes', 'no']],
      ],
    );
    const [escalation, proposal, question] = found.map(({ id }) => ({ params: { item: String(id) } }));
    const wrong = await it.ask('decide_waiting', { ...question, body: { approve: true } });
    assert.equal(codeOf(wrong), [400, 'malformed']);
    await it.ask('decide_waiting', { ...proposal, body: { approve: true, value: 14 } });
    await it.ask('answer_waiting', { ...question, body: { value: 'yes' } });
    await it.ask('close_waiting', escalation);
    assert.equal(await waiting(), []);
    const { data, waiting_for: left } = (await it.ask('get_program_enrollment', of(ana))).body;
    assert.equal([data.dose, data.ready, left], [14, true, []]);
    const audit = await it.ask('list_changes', { query: { target: `enrollment:${ana}` } });
    assert.equal(
      audit.body.data.map(({ action, actor }: Record<string, string>) => [action, actor === `service:${it.id}`]),
      [
        ['close-item', true],
        ['answer', true],
        ['approve', true],
        ['enroll', true],
      ],
    );
    assert.equal(codeOf(await it.ask('close_waiting', { params: { item: 'none' } })), [404, 'unknown-item']);
  }),
);

plans('every operation on plans and what waits has a case', () => {
  const silent = operations.filter(({ id }) => /plan|version|waiting/.test(id) && !asked.has(id)).map(({ id }) => id);
  assert.equal(silent, []);
});

plans.run();
