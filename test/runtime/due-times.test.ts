/**
 * The next due time is never too late and seldom for nothing: against a look at every minute.
 *
 * A bounded part of `npm run fuzz -- --due N`, with seeds that never change.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { liveThrough } from '../../runtime/population/life.ts';
import { wakesPerChange, wakesPerChangeMax, watchRandomLives, watchSamples } from '../fuzz/due.ts';
import { missedMinute, shortLook } from '../support/brute-due.ts';
import { couchTo5k } from '../support/programs.ts';

test('in random programs nothing comes due or turns before the next due time', () => {
  const watched = watchRandomLives(20261121, 45, shortLook);
  assert.equal(watched.missed, []);
  assert.ok(watched.looks > 200 && watched.wakes > 2000, `${watched.looks} looks, ${watched.wakes} wake-ups`);
  assert.ok(wakesPerChange(watched) <= wakesPerChangeMax, `${wakesPerChange(watched)} wake-ups for each change`);
});

test('nor in the sample programs, nor is anybody woken much for nothing there', () => {
  const watched = watchSamples(7, 2, { ...shortLook, closelyMs: 2 * 3_600_000 });
  assert.equal(watched.missed, []);
  assert.ok(watched.looks > 100, `${watched.looks} looks`);
  assert.ok(wakesPerChange(watched) <= wakesPerChangeMax, `${wakesPerChange(watched)} wake-ups for each change`);
});

test('a due time that is an hour late would be found out', () => {
  const { program } = couchTo5k();
  let looks = 0;
  let found = 0;
  liveThrough(
    { program, seed: 3, person: 1, start: '2026-03-24', days: 20 },
    ({ now, result: { state, nextDueAt } }) => {
      if (nextDueAt === null) return;
      looks += 1;
      if (missedMinute(program, state, now, nextDueAt + 3_600_000, shortLook) !== null) found += 1;
    },
  );
  assert.ok(looks > 20);
  assert.is(found, looks);
});

test.run();
