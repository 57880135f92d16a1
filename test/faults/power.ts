/** A power cut, as far as a Postgres on this machine can notice one. */
import { execFileSync } from 'node:child_process';

/**
 * Kills a Postgres and every process it has begun, which have groups of their own, at once. One that is gone is left.
 */
export function killServer(postmaster: number | undefined): void {
  if (postmaster === undefined) return;
  const children = childrenOf(postmaster);
  for (const pid of [postmaster, ...children]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself meanwhile.
    }
  }
}

function childrenOf(pid: number): number[] {
  try {
    const told = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
    return told
      .split('\n')
      .map(Number)
      .filter((one) => one > 1);
  } catch {
    // `ps` ends with 1 where there are none.
    return [];
  }
}
