/**
 * The kinds of people a simulation puts through a program, and in which proportions.
 *
 * Data alone: what they do is `participant.ts`'s business. The shares add up to one.
 */
import type { Chance } from './chance.ts';

export type Persona = {
  name: string;
  /** Of all people. */
  share: number;
  /** In a few words, for whoever reads the result. */
  about: string;
  /** Words, commands and entries they bring by themselves in a day, on average. */
  deedsPerDay: number;
  /** The share of questions they answer, and after how many hours, on average. */
  answers: number;
  answersAfterHours: number;
  /** They fall silent for good after so many days, on average; null: never. */
  silentAfterDays: number | null;
  /** They ask to leave after so many days, on average; null: never. */
  leavesAfterDays: number | null;
};

export const personas: readonly Persona[] = [
  {
    name: 'diligent',
    share: 0.3,
    about: 'does nearly what is wanted, and answers within the hour',
    deedsPerDay: 0.9,
    answers: 0.95,
    answersAfterHours: 1,
    silentAfterDays: null,
    leavesAfterDays: null,
  },
  {
    name: 'sporadic',
    share: 0.35,
    about: 'comes and goes, and answers every other question',
    deedsPerDay: 0.3,
    answers: 0.55,
    answersAfterHours: 12,
    silentAfterDays: null,
    leavesAfterDays: null,
  },
  {
    name: 'fading',
    share: 0.2,
    about: 'begins well and falls silent after some weeks',
    deedsPerDay: 0.8,
    answers: 0.9,
    answersAfterHours: 4,
    silentAfterDays: 20,
    leavesAfterDays: null,
  },
  {
    name: 'silent',
    share: 0.1,
    about: 'says hardly anything',
    deedsPerDay: 0,
    answers: 0.1,
    answersAfterHours: 24,
    silentAfterDays: null,
    leavesAfterDays: null,
  },
  {
    name: 'leaving',
    share: 0.05,
    about: 'takes part and asks to leave after some weeks',
    deedsPerDay: 0.5,
    answers: 0.8,
    answersAfterHours: 6,
    silentAfterDays: null,
    leavesAfterDays: 25,
  },
];

export function personaBy(chance: Chance, among: readonly Persona[] = personas): Persona {
  let left = chance.next();
  for (const persona of among) {
    left -= persona.share;
    if (left < 0) return persona;
  }
  return among.at(-1) as Persona;
}
