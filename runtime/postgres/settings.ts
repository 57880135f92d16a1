/**
 * The settings of a Postgres of our own: what Regimen's writing asks for, on a machine that it shares with Regimen.
 *
 * Nothing here trades safety for speed: `fsync`, `full_page_writes` and `synchronous_commit` stay on.
 * `docs/operations.md` says what to set in a Postgres that is somebody else's.
 */
import { totalmem } from 'node:os';

const megabyte = 1024 * 1024;
/**
 * What Postgres keeps of its tables in memory: this part of the machine's, within these bounds. It is taken only as the
 * tables grow; where they outgrow it, each review of somebody among millions waits for pages of theirs.
 */
const buffersShare = 1 / 8;
const buffersMegabytesMin = 64;
const buffersMegabytesMax = 4096;
/** Connections of three workers, servers and whoever looks after the machine. */
const connectionsMax = 100;

/** The settings by name. `memoryBytes`: what the machine has. */
export function settings(port: number, memoryBytes: number = memoryOfMachine()): Record<string, string | number> {
  const buffers = Math.floor((memoryBytes * buffersShare) / megabyte);
  return {
    port,
    listen_addresses: '127.0.0.1',
    // A socket's path is limited to about a hundred characters; nobody needs one.
    unix_socket_directories: '',
    max_connections: connectionsMax,
    shared_buffers: `${Math.min(buffersMegabytesMax, Math.max(buffersMegabytesMin, buffers))}MB`,
    // Each page is logged whole the first time after a checkpoint: fewer of these, and still a recovery of seconds.
    max_wal_size: '2GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
}

/** A container may have less than the machine; 0 where nothing limits it. */
function memoryOfMachine(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
