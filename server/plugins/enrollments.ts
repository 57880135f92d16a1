/**
 * Enrollments: the list, one enrollment's page, its timeline, events from outside, and a stream.
 *
 * A person sees their own; operators see all; somebody else's answers as if it did not exist.
 */
import type { Plugin } from '@hapi/hapi';
import type { Value } from '../../compiler/ir.ts';
import type { EnrollmentSummary, Person } from '../../runtime/control.ts';
import { isOperator, reader, requireOperator, visibleEnrollment } from '../access.ts';
import { type EnrollmentPageView, enrollmentPage } from '../enrollment-page.ts';
import { page } from '../page.ts';
import type { ServerParts } from '../parts.ts';
import { problem } from '../problem.ts';
import { bodyReader, eventIdSchema, readInstant } from '../read-body.ts';
import { type ShownRow, shownRow } from '../shown-row.ts';
import { openStream, resumeAfter } from '../streams.ts';

/** Enrollments on the list; older ones are found by their program or status. */
export const listMax = 200;
/** How far the page looks ahead. */
const aheadDays = 7;
/** Timeline rows read, and sent, in one go. */
const rowsMax = 500;

const readEvent = bodyReader<{
  id: string;
  series: string;
  fields: Record<string, unknown>;
  occurred_at?: string;
  role?: string;
}>({
  type: 'object',
  required: ['id', 'series', 'fields'],
  additionalProperties: false,
  properties: {
    id: eventIdSchema,
    series: { type: 'string', minLength: 1, maxLength: 100 },
    fields: { type: 'object', maxProperties: 50 },
    occurred_at: { type: 'string', maxLength: 80 },
    role: { type: 'string', minLength: 1, maxLength: 100 },
  },
});

/** As they came; the program holds them against their types. */
type Fields = Record<string, Value>;

export type ListPageData = {
  operator: boolean;
  development: boolean;
  person: { email: string };
  enrollments: EnrollmentSummary[];
  now: number;
  clockMoves: boolean;
};

export type EnrollmentPageData = {
  operator: boolean;
  development: boolean;
  person: { email: string };
  view: EnrollmentPageView;
  rows: ShownRow[];
  now: number;
  clockMoves: boolean;
};

export const enrollments: Plugin<ServerParts> = {
  name: 'enrollments',
  dependencies: ['auth', 'assets'],
  register(server, { config, control, live, clock, log }) {
    const development = config.environment === 'development';
    const clockMoves = development && clock.move !== undefined;

    const seenBy = (person: Person, id: string, daysAhead?: number) =>
      visibleEnrollment({ control, config, person, id, ...(daysAhead === undefined ? {} : { daysAhead }) });

    const list = (
      person: Parameters<typeof isOperator>[1],
      query: Record<string, unknown>,
    ): Promise<EnrollmentSummary[]> => {
      const { program, status } = query;
      if (status !== undefined && status !== 'active' && status !== 'finished')
        throw problem(400, 'malformed', '“status” is either active or finished.');
      return control.enrollments({
        limit: listMax,
        ...(isOperator(config, person) ? {} : { person: person.id }),
        ...(typeof program === 'string' ? { program } : {}),
        ...(status === undefined ? {} : { status }),
      });
    };

    server.route([
      {
        method: 'GET',
        path: '/enrollments',
        async handler(request, h) {
          const { person } = reader(request);
          const data: ListPageData = {
            operator: isOperator(config, person),
            development,
            person: { email: person.email },
            enrollments: await list(person, {}),
            now: await clock.now(),
            clockMoves,
          };
          return h
            .response(await page(server.app.assets, { title: 'Enrollments', script: 'enrollments', data }))
            .type('text/html');
        },
      },
      {
        method: 'GET',
        path: '/enrollments/{id}',
        async handler(request, h) {
          const { person } = reader(request);
          const view = await seenBy(person, String(request.params.id), aheadDays);
          const rows = await control.timeline(view.id, { after: 0, limit: rowsMax });
          const data: EnrollmentPageData = {
            operator: isOperator(config, person),
            development,
            person: { email: person.email },
            view: enrollmentPage(view),
            rows: rows.map((row) => shownRow(row, view)),
            now: await clock.now(),
            clockMoves,
          };
          const title = `${view.person.name || view.person.email} in ${view.programTitle}`;
          return h.response(await page(server.app.assets, { title, script: 'timeline', data })).type('text/html');
        },
      },
      {
        method: 'GET',
        path: '/api/enrollments',
        handler: async (request) => ({
          enrollments: await list(reader(request).person, request.query),
          now: await clock.now(),
        }),
      },
      {
        method: 'GET',
        path: '/api/enrollments/{id}',
        async handler(request) {
          const { person } = reader(request);
          const view = await seenBy(person, String(request.params.id), aheadDays);
          return enrollmentPage(view);
        },
      },
      {
        method: 'GET',
        path: '/api/enrollments/{id}/timeline',
        async handler(request) {
          const { person } = reader(request);
          const view = await seenBy(person, String(request.params.id));
          const rows = await control.timeline(view.id, { after: resumeAfter(request), limit: rowsMax });
          return { rows: rows.map((row) => ({ ...row, shown: shownRow(row, view) })) };
        },
      },
      {
        method: 'POST',
        path: '/api/enrollments/{id}/events',
        async handler(request, h) {
          const { person } = reader(request);
          const event = readEvent(request.payload);
          const view = await seenBy(person, String(request.params.id));
          const { series, fields, role } = event;
          const at = event.occurred_at === undefined ? {} : { occurredAt: readInstant(event.occurred_at) };
          const common = { enrollment: view.id, id: `web:${person.id}:${event.id}` };
          // On behalf of a role, a service or the cohort: an operator may, and the program says whether they may.
          if (role !== undefined) requireOperator(config, person);
          const { fresh } = await (role === undefined
            ? control.record({
                ...common,
                ...at,
                series,
                fields,
                by: view.person.id === person.id ? 'person' : 'operator',
              })
            : control.act({
                ...common,
                role,
                actor: `person:${person.id}`,
                deed: { kind: 'record', series, fields: fields as Fields, ...at },
              }));
          return h.response({ fresh }).code(fresh ? 201 : 200);
        },
      },
      {
        method: 'GET',
        path: '/api/enrollments/{id}/events',
        async handler(request, h) {
          const { person, session } = reader(request);
          const { id } = await seenBy(person, String(request.params.id));
          let seq = resumeAfter(request);
          let shown = '';
          return openStream(request, h, {
            reader: person.id,
            session,
            log,
            ...(clockMoves ? { clock } : {}),
            subscribe: (changed) => live.subscribe(id, changed),
            async pump(write) {
              const view = await control.enrollment(id, aheadDays);
              for (;;) {
                const rows = await control.timeline(id, { after: seq, limit: rowsMax });
                const last = rows.at(-1);
                if (last === undefined) break;
                seq = last.seq;
                write(
                  'rows',
                  rows.map((row) => shownRow(row, view)),
                  seq,
                );
                if (rows.length < rowsMax) break;
              }
              const text = JSON.stringify(enrollmentPage(view));
              if (text !== shown)
                write('enrollment', { view: JSON.parse(text) as EnrollmentPageView, now: await clock.now() });
              shown = text;
            },
          });
        },
      },
    ]);
  },
};
