/**
 * Who is behind a Slack account: a person with a verified email, or a sentence why nobody is known.
 *
 * Slack vouches for an email only where it belongs to a full member of this workspace who has
 * confirmed it. A guest, an external collaborator, a bot and a deleted account are nobody to us. Once
 * bound, the account alone decides.
 */

import type { webApi } from '@slack/bolt';
import type { Control, Person } from '../../../runtime/control.ts';
import { accountOf, channelName } from './channel.ts';
import type { SlackClient } from './client.ts';

export type Known = { person: Person } | { unknown: string } | { ignore: true };
type User = NonNullable<webApi.UsersInfoResponse['user']>;

export async function personOf(
  control: Control,
  client: SlackClient,
  team: string,
  user: string,
  url: string | null,
): Promise<Known> {
  const account = accountOf(team, user);
  const bound = await control.personByAccount(channelName, account);
  if (bound) return { person: bound };
  const { user: found } = await client.users.info({ user });
  if (
    !found ||
    found.deleted ||
    found.is_bot ||
    found.is_connector_bot ||
    found.is_workflow_bot ||
    user === 'USLACKBOT'
  )
    return { ignore: true };
  const elsewhere = url === null ? '' : ` You can also take part on the web: ${url}`;
  if (isOutsider(found, team)) {
    return {
      unknown: `I can talk only with full members of this workspace; you are here as a guest or from another one.${elsewhere}`,
    };
  }
  const email = found.profile?.email;
  if (!email) {
    return {
      unknown: `I cannot tell who you are, because Slack does not show me your email address. Ask whoever looks after Slack here to give this app the permission users:read.email and to install it again.${elsewhere}`,
    };
  }
  if (found.is_email_confirmed !== true) {
    return {
      unknown: `Your email address is not confirmed in Slack yet. Open the message Slack sent to ${email}, confirm it, and write to me again.${elsewhere}`,
    };
  }
  const name = found.profile?.real_name || found.real_name || found.name;
  const person = await control.personByEmail(email.trim().toLowerCase(), {
    ...(name ? { name } : {}),
    ...(found.tz ? { zone: found.tz } : {}),
  });
  await control.bindAccount({ channel: channelName, account, person: person.id });
  // Who signed in elsewhere before may have no zone yet; one they have is never overwritten.
  if (person.zone === null && found.tz) await control.setZone(person.id, found.tz);
  return { person };
}

/** Members of another workspace of the same organization count as members where they belong to this one, too. */
const isOutsider = (user: User, team: string): boolean =>
  user.is_restricted === true ||
  user.is_ultra_restricted === true ||
  user.is_stranger === true ||
  (user.team_id !== team && !user.enterprise_user?.teams?.includes(team) && !user.teams?.includes(team));
