/**
 * What a storm and the same days without it share: the agent, the way to the vendor, and how a deed of a person
 * comes in.
 */
import type { Control } from '../../runtime/control.ts';
import type { Agent, Channel } from '../../runtime/services.ts';
import { agentOf, nothing } from '../runtime-store/story.ts';
import type { Asked } from './storm-worker.ts';

/** Says the same about the same run, however often it is asked. `think`: how long it takes. */
export function stormAgent(think: () => Promise<unknown>): Agent {
  return agentOf(async (context) => {
    await think();
    const says = context.reason === 'review' ? [] : [`${context.reason} ${context.run}`];
    return { ...nothing, says, sets: [{ field: 'note', value: context.run }] };
  });
}

export function vendorChannel(vendorUrl: string): Channel {
  return {
    name: 'vendor',
    send: async ({ id, account, attempt }) => {
      const sent = await fetch(vendorUrl, {
        method: 'POST',
        headers: { connection: 'close' },
        body: JSON.stringify({ id, account, first: attempt === 1 }),
      });
      if (!sent.ok) throw new Error(`The vendor answered with ${sent.status}.`);
    },
  };
}

/** Whoever has left records no more, and is told so; in both lives alike. */
export async function doDeed(control: Control, deed: Asked): Promise<void> {
  const { person, enrollment, id } = deed;
  if (deed.kind === 'say') {
    await control.receive({ person, program: 'storm', channel: 'vendor', id, text: deed.text });
    return;
  }
  const fields = { minutes: deed.minutes };
  await control.record({ enrollment, id, series: 'runs', fields, by: 'service' }).catch((error: { code?: string }) => {
    if (error.code !== 'finished' && error.code !== 'not-allowed') throw error;
  });
}
