/**
 * The people of a storm, and what they do: by chance that a seed repeats, the same however they are disturbed.
 *
 * Days are told in ticks. What one person does in one tick comes one after the other; nothing hangs on what
 * was answered, so that a story can be told again to another database.
 */
import { chanceFrom } from '../../runtime/population/chance.ts';

export const stormStart = Date.parse('2026-01-05T06:00:00Z');
const hour = 60 * 60_000;
/** A tick comes every so many hours: mornings, evenings and nights take turns. */
const tickMs = 7 * hour;

export const stormProgram = `program storm "Storm" {
  timezone theirs else "Europe/London"
  quiet 21:00 to 08:00
  messages at most 6 per day, 20 per week
  data {
    mood : (good | bad)?
    note : text?            agent may set
    runs : series { minutes: number min }
  }
  anytime {
    command "hurt" { interrupt with care }
    leave as lost after 60 days of silence
  }
  stage walking "Walking" {
    skill coach
    say "Welcome."
    review daily at 18:00, spread over 3h
    check mon, thu at 09:00 { say "How is your week?" }
    nudge after 2 days without runs, at most 2 times
    ask "How do you feel?" (good | bad) as mood, within 1 day else say "Never mind."
    on runs { say "Noted: {count(runs)} runs." }
    advance to running when count(runs) >= 4
  }
  stage running "Running" {
    skill coach
    review every 2 days at 07:30, spread over 2h
    nudge after 3 days of silence, at most 2 times
    on runs where minutes > 55 { escalate to operator "A long one." }
    restart stage when no runs for 9 days
    leave as done when count(runs) >= 40
  }
  stage care "Care" {
    skill coach
    review weekly
    resume when 2 days since entered
    command "better" { resume }
  }
}
`;

export type StormDeed = { person: number; id: string } & (
  | { kind: 'say'; text: string }
  | { kind: 'run'; minutes: number }
);
export type StormTick = { at: number; deeds: StormDeed[] };

const words = ['Hello', 'hurt', 'better', 'good', 'bad', 'How long should I walk?', 'good', 'I ran today'];

/** The zones people live in; with summer time and without, and one of odd minutes. */
export const stormZones = ['Europe/London', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland'];

/** What happens in one tick, from 0 on. */
export function stormTick(seed: number, tick: number, people: number): StormTick {
  const random = chanceFrom(seed, tick + 1);
  const deeds: StormDeed[] = [];
  for (let person = 0; person < people; person++) {
    if (random.happens(0.12)) deeds.push({ person, id: `m${tick}`, kind: 'say', text: random.pick(words) });
    if (random.happens(0.15)) deeds.push({ person, id: `r${tick}`, kind: 'run', minutes: 5 + random.upTo(60) });
  }
  return { at: stormStart + (tick + 1) * tickMs, deeds };
}
