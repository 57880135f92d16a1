/**
 * The driver `postgres`, with what its version 3.4.9 does when the database goes away mended while it
 * is loaded: without this a restart of the database could end the process.
 *
 * Unmended it writes to a socket that is gone, from a timer where nobody can catch it; a connection
 * that closes with something left to write never writes again; one that is opened again still waits
 * for the answer to an old query, so that a new one never gets its own; one that is closed each time before it is
 * open (by a proxy without a database behind it) is tried again without a pause and for ever; a lookup of types fails
 * unheard; a transaction whose connection was cut goes on with it when it already serves somebody else. The first two
 * are known to its authors (github.com/porsager/postgres, issues 1154 and 1208) and not in a release yet. The version
 * is pinned; where the text to be mended is not found, loading fails and says so. Whatever needs the driver takes it
 * from here, as it must be loaded through here first.
 */
import { registerHooks } from 'node:module';

/** What stands in a file of the driver, how often, and what is to stand there. */
type Mending = { from: string; times: number; to: string };

const mendings: Record<string, Mending[]> = {
  'connection.js': [
    {
      from: '  function nextWrite(fn) {\n',
      times: 1,
      to: `  function nextWrite(fn) {
    if (socket === null) {
      nextWriteTimer !== null && clearImmediate(nextWriteTimer)
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options, socket))
      return false
    }
`,
    },
    {
      from: '    clearImmediate(nextWriteTimer)\n',
      times: 2,
      to: '    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n',
    },
    {
      from: '    socket = null\n\n    if (initial)\n      return reconnect()\n',
      times: 1,
      to: `    socket = null
    const cut = Errors.connection('CONNECTION_CLOSED', options, socket)
    query && queryError(query, cut)
    while (sent.length) queryError(sent.shift(), cut)
    initial && (queryError(initial, cut), initial = null)
    query = results = errorResponse = null
    result = new Result()
`,
    },
    {
      from: 'return fetchArrayTypes()\n',
      times: 1,
      to: 'return fetchArrayTypes().catch(() => { needsTypes = true })\n',
    },
  ],
  'index.js': [
    { from: '    let savepoints = 0\n', times: 1, to: '    let gone = null\n    let savepoints = 0\n' },
    {
      from: 'new Promise((_, reject) => connection.onclose = reject)\n',
      times: 1,
      to: `new Promise((_, reject) => connection.onclose = (e) => {
          gone = e
          while (queries.length) queries.shift().reject(e)
          reject(e)
        })
`,
    },
    {
      from: '        q.catch(e => uncaughtError || (uncaughtError = e))\n',
      times: 1,
      to: '        q.catch(e => uncaughtError || (uncaughtError = e))\n        if (gone) return q.reject(gone)\n',
    },
  ],
};

const hooks = registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const file = /\/postgres\/src\/(connection|index)\.js$/.exec(url)?.[1];
    if (file === undefined || loaded.source === undefined || loaded.source === null) return loaded;
    const source =
      typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source as Uint8Array);
    return { ...loaded, source: mend(`${file}.js`, source) };
  },
});
const { default: postgres } = await import('postgres');
hooks.deregister();

/** The text of one of the driver's files, mended. Throws when it is not the text that is known here. */
export function mend(file: string, source: string): string {
  return (mendings[file] ?? []).reduce((text, { from, times, to }) => {
    const found = text.split(from).length - 1;
    if (found !== times) {
      throw new Error(
        `The driver postgres is not the version that runtime/store/driver.ts mends (${file}: “${from.trim()}” is there ${found} times). Look whether it still needs mending.`,
      );
    }
    return text.replaceAll(from, () => to);
  }, source);
}

export default postgres;
