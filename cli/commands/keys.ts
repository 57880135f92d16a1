/**
 * `regimen keys`: makes, lists and revokes the keys with which services ask at /v1 and /mcp.
 */
import type { ServiceKey } from '../../runtime/store/service-keys.ts';
import { type Command, CommandProblem, type ExitCode, type Given, type Terminal } from '../command.ts';
import { loadSettings } from '../load-settings.ts';
import { whereOptions, withStores } from '../open-database.ts';
import { textOption } from '../read-arguments.ts';
import { addDurations, readDurations } from '../read-moments.ts';

const deeds = ['list', 'create', 'revoke'] as const;

export const keys: Command = {
  name: 'keys',
  usage: '[list | create NAME | revoke ID] [options]',
  about: `A key opens one workspace to a service, at /v1 and /mcp, with the scopes it is given: read, enroll, record, operate
and publish. It is shown once, when it is made, and kept nowhere. A revoked key opens nothing from then on.`,
  options: {
    scopes: { type: 'string', value: 'SCOPES', about: 'what it is for, with commas between: read,record' },
    expires: { type: 'string', value: 'TIME', about: 'how long it is good: 90d, 1 year; for ever where absent' },
    json: { type: 'boolean', about: 'the result as JSON' },
    ...whereOptions,
  },
  examples: [
    { line: 'regimen keys create "Step counter" --scopes record', about: 'a key that may record events' },
    { line: 'regimen keys create Console --scopes read,operate --expires 90d', about: 'one that runs out' },
    { line: 'regimen keys', about: 'those there are, and when each was used last' },
    { line: 'regimen keys revoke 3f9c01d2a7b4', about: 'close a door' },
  ],
  wordsMax: 2,

  async run(given, terminal): Promise<ExitCode> {
    const [what = 'list', word] = given.words;
    const deed = deeds.find((one) => one === what);
    if (deed === undefined)
      throw new CommandProblem(
        `regimen keys knows list, create and revoke, and ${JSON.stringify(what)} is none of them.`,
      );
    if (deed === 'list' && word !== undefined) throw new CommandProblem('regimen keys list takes no further words.');
    if (deed === 'create' && word === undefined)
      throw new CommandProblem('regimen keys create needs a name that says what the key is for.');
    if (deed === 'revoke' && word === undefined)
      throw new CommandProblem('regimen keys revoke needs the id of a key. `regimen keys` lists them.');
    const scopes = (textOption(given, 'scopes') ?? '').split(',').map((one) => one.trim());
    if (deed === 'create' && scopes.every((one) => one === ''))
      throw new CommandProblem('Say what the key is for: --scopes read,record (also enroll, operate, publish).');
    const expiresAt = readExpiry(given);
    const config = await loadSettings(given);
    const store = await import('../../runtime/store/service-keys.ts');
    await withStores(config, async (home) => {
      if (deed === 'list') return printList(await store.listKeys(home), given, terminal);
      if (deed === 'revoke') {
        const key = await store.revokeKey(home, { id: word ?? '', by: 'command' });
        return terminal.err(`The key ${key.id} (${key.name}) opens nothing any more.`);
      }
      const made = await store.createKey(home, {
        name: word ?? '',
        scopes: scopes.filter((one) => one !== ''),
        by: 'command',
        ...(expiresAt === undefined ? {} : { expiresAt }),
      });
      // The key alone goes to the result, so that it can be handed on without being read.
      if (given.options.json) return terminal.out(JSON.stringify({ id: made.key.id, key: made.token }));
      terminal.err(`The key ${made.key.id} (${made.key.name}) opens ${home.workspace}. It is shown this once:`);
      terminal.out(made.token);
    });
    return 0;
  },
};

/** When a key runs out; undefined where it does not. Real time. */
function readExpiry(given: Given): number | undefined {
  const text = textOption(given, 'expires');
  if (text === undefined) return undefined;
  const durations = readDurations(text);
  const at = durations === undefined ? Number.NaN : addDurations(Date.now(), durations, 'UTC');
  if (Number.isNaN(at) || at <= Date.now())
    throw new CommandProblem(`--expires takes a length of time such as 90d, and ${JSON.stringify(text)} is not one.`);
  return at;
}

function printList(found: ServiceKey[], given: Given, terminal: Terminal): void {
  if (given.options.json) {
    terminal.out(JSON.stringify(found, null, 2));
    return;
  }
  if (found.length === 0) terminal.err('There is no key yet. Make one with `regimen keys create NAME --scopes …`.');
  for (const key of found) terminal.out([key.id, key.name, key.scopes.join(','), stateOf(key), usedOf(key)].join('\t'));
}

function stateOf({ revokedAt, expiresAt }: ServiceKey): string {
  if (revokedAt !== null) return 'revoked';
  if (expiresAt === null) return 'open';
  return expiresAt <= Date.now() ? 'run out' : `open until ${dayOf(expiresAt)}`;
}

const usedOf = ({ lastUsedAt }: ServiceKey): string =>
  lastUsedAt === null ? 'never used' : `used ${dayOf(lastUsedAt)}`;

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
