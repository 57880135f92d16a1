/**
 * A server with the walking program and a service that may do everything: what tests of `/v1` and `/mcp` begin with.
 * Afterwards every enrollment is rebuilt from its timeline.
 */
import * as assert from 'uvu/assert';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { type TestServer, withServer } from './server.ts';
import { newService, type Service, type ServiceAnswer } from './service.ts';
import { walking } from './walking.ts';

export type ServiceStory = {
  server: TestServer;
  it: Service;
  /** Enrolls somebody in the walking program; gives the enrollment. */
  enroll(email: string, stage?: string): Promise<string>;
};

export const withStory = (work: (story: ServiceStory) => Promise<void>) => () =>
  withServer({ sources: [walking] }, async (server) => {
    const it = await newService(server);
    const enroll = async (email: string, stage?: string): Promise<string> => {
      const { status, body } = await it.ask('enroll_user', {
        body: {
          program: 'walking',
          person: { email, zone: 'Europe/London' },
          ...(stage === undefined ? {} : { stage }),
        },
      });
      assert.is(status, 201, JSON.stringify(body));
      return body.id;
    };
    await work({ server, it, enroll });
    const ids = await server.engine.store.sql<{ id: string }[]>`select id from enrollments`;
    for (const { id } of ids) assert.equal((await rebuild(server.engine.store, id)).differences, []);
    assert.ok(!server.lines.some((line) => line.includes(it.token)), 'a key is never logged');
    assert.equal(
      server.lines.filter((line) => /fail|error/i.test(line)),
      [],
    );
  });

export const codeOf = ({ status, body }: ServiceAnswer) => [status, body.code];

export const of = (enrollment: string) => ({ params: { enrollment } });
