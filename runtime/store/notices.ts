/**
 * Notices: what tells live pages, of any process, where to look; ids and nothing more.
 *
 * They are sent with the transaction. However many there are, a few notifications carry them, each
 * as long as Postgres lets it be: a commit that notifies holds up the others that do.
 */
import type { Sql } from './store.ts';

/** The Postgres channel of live notifications. */
export const liveChannel = 'regimen';
/** Postgres takes less than 8,000 bytes in one notification. */
const payloadBytesMax = 7_900;

export type Notice = { workspace: string; person: string; program: string; enrollment: string | null };

/** Tells live pages that something changed, when and if the transaction commits. */
export async function notify(tx: Sql, notices: readonly Notice[]): Promise<void> {
  const payloads = pack(notices);
  if (payloads.length > 0) await tx`${sendNotices(tx, payloads)}`;
}

/** The question that sends notifications. */
export function sendNotices(sql: Sql, payloads: readonly string[]) {
  return sql`select count(pg_notify(${liveChannel}, x)) from unnest(${payloads as string[]}::text[]) as x`;
}

/** The texts of the notifications that carry these notices. */
export function pack(notices: readonly Notice[]): string[] {
  const payloads: string[] = [];
  let text = '';
  let bytes = 0;
  for (const notice of notices) {
    const one = JSON.stringify(notice);
    const length = Buffer.byteLength(one) + 1;
    if (bytes + length + 1 > payloadBytesMax) {
      if (text !== '') payloads.push(`[${text}]`);
      text = '';
      bytes = 0;
    }
    text = text === '' ? one : `${text},${one}`;
    bytes += length;
  }
  return text === '' ? payloads : [...payloads, `[${text}]`];
}

/** The notices in a notification. */
export const unpack = (payload: string): Notice[] => JSON.parse(payload) as Notice[];
