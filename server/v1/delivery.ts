/**
 * How people want to be written to, and what is on its way to them.
 */
import { timeText } from '../../runtime/calendar.ts';
import type { OutboxMessage } from '../../runtime/control.ts';
import { type DeliveryPreferences, perDayMax, preferredChannelsMax } from '../../runtime/preferences.ts';
import { operation, type Schema } from './operation.ts';
import { exactly, id, integer, list, oneOf, orNull, text } from './schemas.ts';
import { written, writtenOrNull } from './write.ts';

const at = { type: 'string', format: 'date-time' } as const;
const anyText = { type: 'string' } as const;

const time: Schema = {
  type: 'string',
  pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
  description: 'A time of day of the person, such as 18:00.',
};

const wishes = {
  channels: {
    ...list(text(40), preferredChannelsMax),
    description: 'The channels they like, the most liked first; web is the web chat alone. Empty: the one used last.',
  },
  quiet: {
    ...orNull(exactly({ from: time, to: time })),
    description: 'Hours in which nothing is begun; may go over midnight.',
  },
  when: {
    ...exactly(
      {
        kind: oneOf(
          ['now', 'preferred', 'digest'],
          'What comes up: as it does, around one time, or once a day in one message.',
        ),
        at: time,
      },
      ['at'],
    ),
    description: 'For preferred and digest: the time.',
  },
  per_day: { ...orNull(integer(1, perDayMax, 'The most messages that programs begin in a day, all together.')) },
} satisfies Record<string, Schema>;

type Wishes = {
  channels: string[];
  quiet: { from: string; to: string } | null;
  when: { kind: DeliveryPreferences['when']['kind']; at?: string };
  per_day: number | null;
};

const writeWishes = ({ channels, quiet, when, perDay }: DeliveryPreferences): Wishes => ({
  channels,
  quiet: quiet === null ? null : { from: timeText(quiet.from), to: timeText(quiet.to) },
  when: when.kind === 'now' ? { kind: 'now' } : { kind: when.kind, at: timeText(when.at) },
  per_day: perDay,
});

/** A preferred time that is left out is none, and is refused as one. */
const readWishes = ({ channels, quiet, when, per_day }: Wishes): DeliveryPreferences => ({
  channels,
  quiet: quiet === null ? null : { from: minutesOf(quiet.from), to: minutesOf(quiet.to) },
  when: when.kind === 'now' ? { kind: 'now' } : { kind: when.kind, at: minutesOf(when.at ?? '') },
  perDay: per_day,
});

/** `18:00` → 1080; NaN where it is no time. */
function minutesOf(time: string): number {
  const [hours = Number.NaN, minutes = Number.NaN] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

const person = id('The person.');

const getDelivery = operation<{ person: string }>({
  id: 'get_delivery',
  method: 'GET',
  path: '/v1/people/{person}/delivery',
  scope: 'read',
  summary: 'How a person wants to be written to, over all programs.',
  params: { person },
  status: { usual: 200 },
  answer: exactly(wishes),
  run: async ({ control }, { person }) => ({ body: writeWishes(await control.preferences(person)) }),
});

const setDelivery = operation<{ person: string } & Wishes>({
  id: 'set_delivery',
  method: 'POST',
  path: '/v1/people/{person}/delivery',
  scope: 'operate',
  summary: 'Set how a person wants to be written to.',
  about: 'It holds for what programs begin by themselves; an answer is never held back. What waits is planned anew.',
  params: { person },
  body: { properties: wishes, required: Object.keys(wishes) },
  status: { usual: 200 },
  answer: exactly(wishes),
  run: async ({ control, by }, { person, ...wished }) => ({
    body: writeWishes(await control.setPreferences(person, readWishes(wished), by)),
  }),
});

const waitingSchema = exactly({
  id: anyText,
  program: anyText,
  enrollment: orNull(anyText),
  text: anyText,
  reason: anyText,
  state: oneOf(['held', 'queued', 'sending'], 'held: waits for its time; sending: its channel has not answered.'),
  written_at: at,
  send_at: { ...orNull(at), description: 'When it is looked at again; null: in its turn, or when a pause ends.' },
  why: { ...list(anyText), description: 'What holds it.' },
});

const writeWaiting = ({ id, program, enrollment, text, reason, state, writtenAt, sendAt, why }: OutboxMessage) => ({
  id,
  program,
  enrollment,
  text,
  reason,
  state,
  written_at: written(writtenAt),
  send_at: writtenOrNull(sendAt),
  why,
});

const listOutbox = operation<{ person: string }>({
  id: 'list_outbox',
  method: 'GET',
  path: '/v1/people/{person}/outbox',
  scope: 'read',
  summary: 'What is on its way to a person and has not been sent, and what holds it.',
  params: { person },
  status: { usual: 200 },
  answer: exactly({ data: list(waitingSchema) }),
  run: async ({ control }, { person }) => ({ body: { data: (await control.outbox(person)).map(writeWaiting) } }),
});

export const deliveryOperations = [getDelivery, setDelivery, listOutbox];
