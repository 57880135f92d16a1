/**
 * How a person wants to be written to: a page of their own, and what it reads and sets. Everybody sees and sets
 * their own, and nobody else's; what others set on their behalf goes through `/v1`.
 */
import type { Plugin } from '@hapi/hapi';
import type { Control, OutboxMessage, Person } from '../../runtime/control.ts';
import { type DeliveryPreferences, preferredChannelsMax } from '../../runtime/preferences.ts';
import { isOperator, reader } from '../access.ts';
import { page } from '../page.ts';
import type { ProgramClock, ServerParts } from '../parts.ts';
import { bodyReader } from '../read-body.ts';

const minutes = { type: 'integer', minimum: 0, maximum: 1439 } as const;

/** The shape of preferences, as JSON; what they mean together the runtime checks. */
export const preferencesSchema = {
  type: 'object',
  required: ['channels', 'quiet', 'when', 'perDay'],
  additionalProperties: false,
  properties: {
    channels: { type: 'array', maxItems: preferredChannelsMax, items: { type: 'string', minLength: 1, maxLength: 40 } },
    quiet: {
      type: ['object', 'null'],
      required: ['from', 'to'],
      additionalProperties: false,
      properties: { from: minutes, to: minutes },
    },
    when: {
      type: 'object',
      required: ['kind'],
      additionalProperties: false,
      properties: { kind: { enum: ['now', 'preferred', 'digest'] }, at: minutes },
      if: { properties: { kind: { const: 'now' } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
      then: { properties: { at: false } },
      else: { required: ['at'] },
    },
    perDay: { type: ['integer', 'null'] },
  },
} as const;

const readPreferences = bodyReader<DeliveryPreferences>(preferencesSchema);

/** What the page shows beside what is set. */
export type Delivery = {
  preferences: DeliveryPreferences;
  /** Channels that are bound to the person, beside the web chat. */
  channels: string[];
  /** What waits for them. */
  waiting: Pick<OutboxMessage, 'id' | 'programTitle' | 'sendAt' | 'why'>[];
  now: number;
};

export type PreferencesPageData = Delivery & {
  person: { email: string; zone: string | null };
  operator: boolean;
};

export const preferences: Plugin<ServerParts> = {
  name: 'preferences',
  dependencies: ['auth', 'assets'],
  register(server, { config, control, clock }) {
    server.route([
      {
        method: 'GET',
        path: '/preferences',
        async handler(request, h) {
          const { person } = reader(request);
          const data: PreferencesPageData = {
            ...(await delivery(control, clock, person)),
            person: { email: person.email, zone: person.zone },
            operator: isOperator(config, person),
          };
          return h
            .response(await page(server.app.assets, { title: 'When to write to me', script: 'preferences', data }))
            .type('text/html');
        },
      },
      {
        method: 'GET',
        path: '/api/preferences',
        handler: (request) => delivery(control, clock, reader(request).person),
      },
      {
        method: 'POST',
        path: '/api/preferences',
        async handler(request) {
          const { person } = reader(request);
          await control.setPreferences(person.id, readPreferences(request.payload), person.id);
          return delivery(control, clock, person);
        },
      },
    ]);
  },
};

/** What waits is told without its words: they come when it is time. */
async function delivery(control: Control, clock: ProgramClock, person: Person): Promise<Delivery> {
  const [preferences, channels, outbox, now] = await Promise.all([
    control.preferences(person.id),
    control.channels(person.id),
    control.outbox(person.id),
    clock.now(),
  ]);
  const waiting = outbox
    .filter(({ state }) => state === 'held')
    .map(({ id, programTitle, sendAt, why }) => ({ id, programTitle, sendAt, why }));
  return { preferences, channels, waiting, now };
}
