/**
 * One deed for many people: a preview that says what would happen to each, applying it, undoing it.
 */
import type { Value } from '../../compiler/ir.ts';
import { Refusal } from '../../runtime/control.ts';
import type { Bulk, BulkDeed, BulkFilter, BulkPersonStatus } from '../../runtime/operator-control.ts';
import { bulkPeopleMax } from '../../runtime/store/bulk-moves.ts';
import { operation } from './operation.ts';
import {
  exactly,
  fields,
  id,
  integer,
  list,
  moment,
  name,
  oneOf,
  orNull,
  page,
  pageUsual,
  paging,
  person,
  programName,
  reason,
  text,
  yesNo,
} from './schemas.ts';
import { readMoment } from './validate.ts';
import { pageAsked, writePage, written, writtenOrNull } from './write.ts';

/** As many ids as may be named, in JSON. */
const previewBytesMax = 1024 * 1024;

const at = { type: 'string', format: 'date-time' } as const;
const anyText = { type: 'string' } as const;
const count = { type: 'integer' } as const;

const statuses = ['ready', 'cannot', 'done', 'refused', 'undone', 'stayed'] as const;
const actions = ['move', 'pause', 'resume', 'withdraw'] as const;

const bulkSchema = exactly({
  id: anyText,
  program: anyText,
  action: oneOf(actions, 'What is done.'),
  stage: orNull({ ...anyText, description: 'Where to, of a move.' }),
  reason: anyText,
  by: anyText,
  status: oneOf(['previewed', 'applying', 'applied', 'undoing', 'undone'], 'How far it is.'),
  created_at: at,
  applied_at: orNull(at),
  applied_by: orNull(anyText),
  undone_at: orNull(at),
  undone_by: orNull(anyText),
  undoable: { type: 'boolean' },
  people: exactly({ ready: count, cannot: count, done: count, refused: count, undone: count, stayed: count }),
});

const writeBulk = (bulk: Bulk) => ({
  id: bulk.id,
  program: bulk.program,
  action: bulk.deed.action,
  stage: bulk.deed.action === 'move' ? bulk.deed.to : null,
  reason: bulk.reason,
  by: bulk.by,
  status: bulk.status,
  created_at: written(bulk.createdAt),
  applied_at: writtenOrNull(bulk.appliedAt),
  applied_by: bulk.appliedBy,
  undone_at: writtenOrNull(bulk.undoneAt),
  undone_by: bulk.undoneBy,
  undoable: bulk.undoable,
  people: bulk.counts,
});

type Previewing = {
  program: string;
  action: (typeof actions)[number];
  stage?: string;
  data?: Record<string, Value>;
  until?: string;
  who?: { stage?: string; version?: number; cohort?: string; paused?: boolean; enrollments?: string[] };
  reason: string;
};

const preview = operation<Previewing>({
  id: 'preview_bulk_move',
  method: 'POST',
  path: '/v1/bulk-moves',
  scope: 'operate',
  summary: 'Look what a move, a pause, a resume or a withdrawal of many people would come to; nothing changes yet.',
  about:
    'For each person it is said what would happen, or why it cannot. What is applied afterwards is this preview; who has gone on meanwhile is left where they are.',
  body: {
    properties: {
      program: programName,
      action: oneOf(actions, 'What is to be done to each.'),
      stage: name('Where to, of a move.'),
      data: fields('Set before, of a move.'),
      until: moment('When it goes on by itself, of a pause.'),
      who: {
        ...exactly(
          {
            stage: name('Who is in this stage.'),
            version: integer(1, 1_000_000, 'Who is on this version.'),
            cohort: text(200, 'Who is in this cohort.'),
            paused: yesNo('Who is paused, or is not.'),
            enrollments: list(id('An enrollment.'), bulkPeopleMax),
          },
          ['stage', 'version', 'cohort', 'paused', 'enrollments'],
        ),
        description: 'Whom, of those who take part; everybody where absent. What is said must all hold.',
      },
      reason,
    },
    required: ['program', 'action', 'reason'],
  },
  bytesMax: previewBytesMax,
  status: { usual: 201 },
  answer: bulkSchema,
  async run({ control, by }, { program, who: { enrollments, ...who } = {}, reason, ...given }) {
    const filter: BulkFilter = { ...who, ...(enrollments === undefined ? {} : { ids: enrollments }) };
    const bulk = await control.previewBulk({ program, deed: deedOf(given), filter, reason, by });
    return { body: writeBulk(bulk), location: `/v1/bulk-moves/${encodeURIComponent(bulk.id)}` };
  },
});

function deedOf({ action, stage, data, until }: Pick<Previewing, 'action' | 'stage' | 'data' | 'until'>): BulkDeed {
  if (stage === undefined ? action === 'move' : action !== 'move')
    throw new Refusal('malformed', 'A move needs “stage”, and nothing else takes it.');
  if (data !== undefined && action !== 'move') throw new Refusal('malformed', 'Only a move takes “data”.');
  if (until !== undefined && action !== 'pause') throw new Refusal('malformed', 'Only a pause takes “until”.');
  switch (action) {
    case 'move':
      return { action, to: stage ?? '', ...(data === undefined ? {} : { data }) };
    case 'pause':
      return { action, ...(until === undefined ? {} : { until: readMoment(until) }) };
    default:
      return { action };
  }
}

const bulkId = { bulk: id('The bulk move.') };

const apply = operation<{ bulk: string }>({
  id: 'apply_bulk_move',
  method: 'POST',
  path: '/v1/bulk-moves/{bulk}/apply',
  scope: 'operate',
  summary: 'Do what was previewed, in the background. Asked for again, it goes on where it was.',
  grave: true,
  params: bulkId,
  body: { properties: {} },
  status: { usual: 202 },
  answer: bulkSchema,
  run: async ({ control, by }, { bulk }) => ({ body: writeBulk(await control.applyBulk({ id: bulk, by })) }),
});

const undo = operation<{ bulk: string }>({
  id: 'undo_bulk_move',
  method: 'POST',
  path: '/v1/bulk-moves/{bulk}/undo',
  scope: 'operate',
  summary: 'Bring back whom nothing has happened to since, in the background; the others are named.',
  grave: true,
  params: bulkId,
  body: { properties: {} },
  status: { usual: 202 },
  answer: bulkSchema,
  run: async ({ control, by }, { bulk }) => ({ body: writeBulk(await control.undoBulk({ id: bulk, by })) }),
});

const get = operation<{ bulk: string }>({
  id: 'get_bulk_move',
  method: 'GET',
  path: '/v1/bulk-moves/{bulk}',
  scope: 'read',
  summary: 'How far a bulk move is, and how many people it has come to what.',
  params: bulkId,
  status: { usual: 200 },
  answer: bulkSchema,
  run: async ({ control }, { bulk }) => ({ body: writeBulk(await control.bulk(bulk)) }),
});

type Paged = { limit?: number; cursor?: string };

const listAll = operation<Paged & { program?: string }>({
  id: 'list_bulk_moves',
  method: 'GET',
  path: '/v1/bulk-moves',
  scope: 'read',
  summary: 'Bulk moves, the newest first.',
  query: { program: programName, ...paging },
  status: { usual: 200 },
  answer: page(bulkSchema),
  async run({ control }, { program, ...given }) {
    const asked = { ...pageAsked(given, pageUsual), ...(program === undefined ? {} : { program }) };
    return { body: writePage(await control.bulks(asked), writeBulk) };
  },
});

const people = operation<Paged & { bulk: string; status?: BulkPersonStatus }>({
  id: 'list_bulk_move_people',
  method: 'GET',
  path: '/v1/bulk-moves/{bulk}/people',
  scope: 'read',
  summary: 'The people of a bulk move: what happens, or has happened, to each, or why it cannot.',
  params: bulkId,
  query: { status: oneOf(statuses, 'Only those.'), ...paging },
  status: { usual: 200 },
  answer: page(
    exactly({
      enrollment: anyText,
      person,
      stage: { ...anyText, description: 'Where they were.' },
      status: oneOf(statuses, 'What becomes of them.'),
      outcome: anyText,
    }),
  ),
  async run({ control }, { bulk, status, ...given }) {
    const asked = { id: bulk, ...pageAsked(given, pageUsual), ...(status === undefined ? {} : { status }) };
    return { body: writePage(await control.bulkPeople(asked), (one) => one) };
  },
});

export const bulkOperations = [preview, apply, undo, get, listAll, people];
