/**
 * What waits for somebody: decisions, questions, requests for access, escalations and failures.
 */
import type { Value } from '../../compiler/ir.ts';
import type { OperatorItem } from '../../runtime/control.ts';
import { operation } from './operation.ts';
import { exactly, id, list, oneOf, orNull, text, value, yesNo } from './schemas.ts';
import { plainValue, written, writtenOrNull } from './write.ts';

const at = { type: 'string', format: 'date-time' } as const;
const anyText = { type: 'string' } as const;

const kinds = [
  'escalation',
  'access-request',
  'failure',
  'message',
  'question',
  'proposal',
  'document',
  'call',
] as const;

const itemSchema = exactly({
  id: anyText,
  kind: oneOf(kinds, 'What is wanted.'),
  enrollment: orNull(anyText),
  person: orNull(exactly({ id: anyText, email: anyText })),
  program: orNull(anyText),
  to: { ...anyText, description: 'The role it is for.' },
  text: anyText,
  at,
  options: orNull(list(anyText)),
  value: { type: ['string', 'number', 'boolean', 'null'], description: 'What is proposed.' },
  expires_at: orNull(at),
});

const writeItem = ({ id, kind, enrollment, person, program, to, text, at, details }: OperatorItem) => ({
  id,
  kind,
  enrollment,
  person,
  program,
  to,
  text,
  at: written(at),
  options: details.options ?? null,
  value: plainValue(details.value ?? null),
  expires_at: writtenOrNull(details.expiresAt ?? null),
});

const listAll = operation<object>({
  id: 'list_waiting',
  method: 'GET',
  path: '/v1/waiting',
  scope: 'operate',
  summary: 'What waits for operators and roles: what must be decided first, the oldest first.',
  status: { usual: 200 },
  answer: exactly({ data: list(itemSchema) }),
  run: async ({ control }) => ({ body: { data: (await control.openItems()).map(writeItem) } }),
});

const itemId = { item: id('What waits, by its id.') };
const doneSchema = exactly({ item: anyText });

const decide = operation<{ item: string; approve: boolean; value?: Value }>({
  id: 'decide_waiting',
  method: 'POST',
  path: '/v1/waiting/{item}/decide',
  scope: 'operate',
  summary: 'Approve or refuse what is proposed, or a request for access. Decided again, nothing changes.',
  params: itemId,
  body: {
    properties: {
      approve: yesNo('Yes or no.'),
      value: { ...value, description: 'This instead of what was proposed.' },
    },
    required: ['approve'],
  },
  status: { usual: 200 },
  answer: doneSchema,
  async run({ control, by }, { item, approve, value }) {
    await control.decideItem(item, { approve, ...(value === undefined || value === null ? {} : { value }) }, by);
    return { body: { item } };
  },
});

const answer = operation<{ item: string; value: string }>({
  id: 'answer_waiting',
  method: 'POST',
  path: '/v1/waiting/{item}/answer',
  scope: 'operate',
  summary: 'Answer a question that was put to a role.',
  params: itemId,
  body: { properties: { value: { ...text(4_000, 'The answer.'), pattern: '\\S' } }, required: ['value'] },
  status: { usual: 200 },
  answer: doneSchema,
  async run({ control, by }, { item, value }) {
    await control.answerItem(item, value, by);
    return { body: { item } };
  },
});

const close = operation<{ item: string }>({
  id: 'close_waiting',
  method: 'POST',
  path: '/v1/waiting/{item}/close',
  scope: 'operate',
  summary: 'Say that it was seen, or passed on: an escalation climbs no further.',
  params: itemId,
  body: { properties: {} },
  status: { usual: 200 },
  answer: doneSchema,
  async run({ control, by }, { item }) {
    await control.closeItem(item, by);
    return { body: { item } };
  },
});

export const waitingOperations = [listAll, decide, answer, close];
