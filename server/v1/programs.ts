/**
 * Programs: which there are, their texts, publishing; and standing still as a whole.
 */
import type { ProgramSummary } from '../../runtime/control.ts';
import type { Standstill } from '../../runtime/operator-control.ts';
import { importsMax } from '../../runtime/store/sources.ts';
import { type Context, operation } from './operation.ts';
import { exactly, integer, list, orNull, programName, reason, text } from './schemas.ts';
import { written } from './write.ts';

/** The longest text that can be published, in characters. */
const sourceLengthMax = 500_000;
/** The same as JSON, with what it imports, in the worst spelling that is still ordinary text. */
export const publishBytesMax = 4 * sourceLengthMax;
const pathLengthMax = 300;

const at = { type: 'string', format: 'date-time' } as const;
const anyText = { type: 'string' } as const;

export const standstillSchema = orNull(exactly({ at, by: anyText, reason: anyText }));

export const writeStandstill = (one: Standstill | null) => one && { ...one, at: written(one.at) };

const summaryProperties = {
  name: anyText,
  title: anyText,
  about: anyText,
  version: { type: 'integer', description: 'The newest.' },
  published_at: at,
  active: { type: 'integer', description: 'People who take part.' },
  finished: { type: 'integer' },
} as const;

const writeSummary = ({ publishedAt, ...one }: ProgramSummary) => ({ ...one, published_at: written(publishedAt) });

const listAll = operation<object>({
  id: 'list_programs',
  method: 'GET',
  path: '/v1/programs',
  scope: 'read',
  summary: 'The programs, each with its newest version and how many people are in it.',
  status: { usual: 200 },
  answer: exactly({ data: list(exactly(summaryProperties)) }),
  run: async ({ control }) => ({ body: { data: (await control.programs()).map(writeSummary) } }),
});

const sourceFile = exactly({ path: text(pathLengthMax), text: { type: 'string', maxLength: sourceLengthMax } });

/** A program as it is handed in. */
export const publishingProperties = {
  source: text(sourceLengthMax, 'The text of the program.'),
  path: text(pathLengthMax, 'Where it lies in your project; imports are seen from there.'),
  imports: list(sourceFile, importsMax),
};

const programSchema = exactly({
  name: anyText,
  title: anyText,
  version: { type: 'integer' },
  path: anyText,
  source: anyText,
  imports: list(exactly({ path: anyText, text: anyText })),
  stages: list(exactly({ name: anyText, final: { type: 'boolean' } })),
  fields: list(anyText),
  series: list(anyText),
  paused: standstillSchema,
});

async function readProgram({ control }: Context, program: string, version?: number) {
  const { ir, ...known } = await control.programSource(program, version);
  return {
    ...known,
    title: ir.title,
    stages: ir.stageOrder.map((name) => ({ name, final: ir.stages[name]?.final !== undefined })),
    fields: Object.keys(ir.data),
    series: Object.keys(ir.series),
    paused: writeStandstill(await control.programStandstill(program)),
  };
}

const get = operation<{ program: string; version?: number }>({
  id: 'get_program',
  method: 'GET',
  path: '/v1/programs/{program}',
  scope: 'read',
  summary: 'A program: its text, stages, fields and series; the newest version, or the one asked for.',
  params: { program: programName },
  query: { version: integer(1, 1_000_000, 'Of a version.') },
  status: { usual: 200 },
  answer: programSchema,
  run: async (context, { program, version }) => ({ body: await readProgram(context, program, version) }),
});

type Publishing = { source: string; path?: string; imports?: { path: string; text: string }[] };

const publish = operation<Publishing>({
  id: 'publish_program',
  method: 'POST',
  path: '/v1/programs',
  scope: 'publish',
  summary: 'Publish a program, or a new version of it. The text is checked first.',
  about: 'The same text as the newest version changes nothing. People who take part stay on their version.',
  body: {
    properties: publishingProperties,
    required: ['source'],
  },
  bytesMax: publishBytesMax,
  status: { usual: 200, fresh: 201 },
  answer: exactly({ name: anyText, version: { type: 'integer' }, fresh: { type: 'boolean' } }),
  async run({ control, by }, { source, path = 'program.regimen', imports }) {
    const published = await control.publish({ source, path, by, ...(imports === undefined ? {} : { imports }) });
    return { body: published, fresh: published.fresh, location: `/v1/programs/${encodeURIComponent(published.name)}` };
  },
});

const pause = operation<{ program: string; reason: string }>({
  id: 'pause_program',
  method: 'POST',
  path: '/v1/programs/{program}/pause',
  scope: 'operate',
  summary: 'Let a whole program stand still: nothing happens in it by itself.',
  about: 'What people say is taken as ever. Paused again, the first pause stays.',
  grave: true,
  params: { program: programName },
  body: { properties: { reason }, required: ['reason'] },
  status: { usual: 200 },
  answer: programSchema,
  async run(context, { program, reason }) {
    await context.control.pauseProgram({ program, reason, by: context.by });
    return { body: await readProgram(context, program) };
  },
});

const resume = operation<{ program: string }>({
  id: 'resume_program',
  method: 'POST',
  path: '/v1/programs/{program}/resume',
  scope: 'operate',
  summary: 'Let a program go on that was paused.',
  params: { program: programName },
  body: { properties: {} },
  status: { usual: 200 },
  answer: programSchema,
  async run(context, { program }) {
    await context.control.resumeProgram({ program, by: context.by });
    return { body: await readProgram(context, program) };
  },
});

export const programOperations = [listAll, get, publish, pause, resume];
