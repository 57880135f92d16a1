/**
 * Due times against a look at every minute: random programs, simulated lives, zones, changes of clocks.
 *
 * The next due time of a step must not come after the first minute at which something is due or has
 * turned, and people must not be woken for nothing more than a little.
 */
import fc from 'fast-check';
import { type Look, nobodyWatched, type Watched, watchLife } from '../support/brute-due.ts';
import { samplePrograms } from '../support/programs.ts';
import { build, programText, richText } from '../support/random-programs.ts';

/** Wake-ups against those of which something came. */
export const wakesPerChangeMax = 1.2;

const zones = [
  'Europe/London',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Asia/Kolkata',
  'America/Santiago',
  'Pacific/Auckland',
  'America/Havana',
];
/** Lives begin a little before clocks are changed, on either half of the earth. */
const starts = ['2026-03-04', '2026-03-24', '2026-09-20', '2026-10-20'];
const livesOfOne = 3;
const daysOfLife = 30;
/** Steps between two looks. */
const each = 15;

/** Lives `count` lives of random programs. `wakesPerChange` is of all of them. */
export function watchRandomLives(seed: number, count: number, look: Look): Watched {
  const watched = nobodyWatched();
  const either = fc.oneof(programText, richText);
  for (let lives = 0, round = 0; lives < count; round += 1) {
    const [text = ''] = fc.sample(either, { seed: seed * 1_000_003 + round, numRuns: 1 });
    const { program } = build(text);
    if (!program) continue;
    for (let person = 1; person <= livesOfOne; person += 1, lives += 1) {
      const fallback = zones[(round + person) % zones.length] ?? 'UTC';
      const there = { ...program, ir: { ...program.ir, zone: { theirs: false, fallback } } };
      const start = starts[(round + person) % starts.length] ?? '2026-03-24';
      const before = watched.missed.length;
      watchLife({ program: there, seed: seed + round, person, start, days: daysOfLife }, look, each, watched);
      if (watched.missed.length > before) watched.missed[before] += `\n${fallback}, from ${start}\n${text}`;
    }
  }
  return watched;
}

/** The sample programs, each lived by a few people. */
export function watchSamples(seed: number, people: number, look: Look): Watched {
  const watched = nobodyWatched();
  for (const { program } of samplePrograms())
    for (let person = 1; person <= people; person += 1) {
      const start = starts[person % starts.length] ?? '2026-03-24';
      watchLife({ program, seed, person, start, days: 2 * daysOfLife }, look, each, watched);
    }
  return watched;
}

export const wakesPerChange = ({ wakes, idle }: Watched): number => wakes / Math.max(1, wakes - idle);
