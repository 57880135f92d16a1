/**
 * The disk of the embedded database is full: nothing that was accepted is lost, and as soon as there is room, people
 * are served again by the same process. The small disk is the test's own, in a namespace of its own, for which nobody
 * needs to be root; where the system allows none, there is no such test.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folderWith } from '../support/command.ts';

const sizeMegabytes = 220;
const limitMs = 120_000;
/**
 * As somebody who is not root, as Postgres wants it, and who may bring disks; at the end all that was started is gone.
 */
const as = ['--user', '--map-user=1000', '--map-group=1000', '--keep-caps'];
const namespace = [...as, '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c'];
const mount = `mount -t tmpfs -o size=${sizeMegabytes}m tmpfs "$0"`;

const test = suite('full disk');
const folder = folderWith({});
test.after(() => folder.remove());
const isAllowed = spawnSync('unshare', [...namespace, mount, folder.path]).status === 0;

(isAllowed ? test : test.skip)('what was accepted stays; with room on the disk, people are served again', () => {
  const work = join(import.meta.dirname, 'full-disk.ts');
  const told = execFileSync(
    'unshare',
    [...namespace, `${mount} && exec "$1" "$2" "$0"`, folder.path, process.execPath, work],
    { encoding: 'utf8', timeout: limitMs, env: { ...process.env, HOME: folder.path } },
  );
  const { before, ...rest } = JSON.parse(told);
  assert.ok(before > 10, `${before} messages were accepted before`);
  assert.equal(rest, { isFull: true, servedAgain: true, lost: [], differences: [] });
});

test.run();
