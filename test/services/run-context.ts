/**
 * A small program and a run of it, for tests of the agent. The program is written as IR by hand, so
 * that these tests stand on the contract and not on the compiler.
 */
import { type Ir, irVersion, type Stage } from '../../compiler/ir.ts';
import type { Facts } from '../../runtime/facts.ts';
import type { RunContext } from '../../runtime/services.ts';

const span = { start: 0, end: 0 };
const stage = (name: string, more: Partial<Stage> = {}): Stage => ({
  name,
  title: { parts: ['Week ', { op: 'data', name: 'week', span }] },
  skill: 'run_coach',
  nudges: [],
  questions: [],
  protected: false,
  escalations: [],
  entry: [],
  rules: [],
  span,
  ...more,
});

export const ir: Ir = {
  irVersion,
  name: 'running',
  title: 'Running',
  about: 'From the sofa to thirty minutes.',
  enroll: { verified: true, others: 'ask' },
  zone: { theirs: true, fallback: 'Europe/London' },
  agent: 'coach',
  roles: ['operator'],
  services: [],
  ladders: {},
  calendars: {},
  asks: {},
  proposals: {},
  tracks: {},
  lists: {},
  migrations: {},
  data: {
    week: {
      name: 'week',
      type: { kind: 'number', min: 1, max: 9 },
      optional: false,
      initial: 1,
      agentMaySet: false,
      maySet: [],
      personal: false,
      span,
    },
    why: {
      name: 'why',
      type: { kind: 'text' },
      optional: true,
      initial: null,
      agentMaySet: true,
      maySet: [],
      personal: false,
      span,
    },
    injured: {
      name: 'injured',
      type: { kind: 'yes-no' },
      optional: false,
      initial: false,
      agentMaySet: true,
      maySet: [],
      personal: false,
      span,
    },
  },
  series: {
    runs: {
      name: 'runs',
      singular: 'run',
      fields: {
        minutes: { name: 'minutes', type: { kind: 'number', unit: 'min', min: 1, max: 600 }, optional: false },
        completed: { name: 'completed', type: { kind: 'yes-no' }, optional: false },
        felt: { name: 'felt', type: { kind: 'choice', options: ['easy', 'ok', 'hard'] }, optional: true },
      },
      agentMayRecord: true,
      mayRecord: [],
      personal: false,
      shared: false,
      span,
    },
  },
  tables: {},
  lets: {},
  criteria: {
    'training/criterion-1': {
      id: 'training/criterion-1',
      text: 'speaks of running as something they want',
      stage: 'training',
      atLeast: 0.8,
    },
  },
  anytime: [],
  stages: {
    training: stage('training', {
      rules: [
        {
          id: 'training/advance-1',
          trigger: { kind: 'holds' },
          condition: { op: 'judged', criterion: 'training/criterion-1', span },
          effects: [],
          move: { direction: 'advance', to: 'done' },
          source: 'advance to done when judged "speaks of running as something they want" at 0.8',
          span,
        },
      ],
      questions: [
        {
          id: 'training/question-1',
          text: { parts: ['Any pain?'] },
          type: { kind: 'yes-no' },
          field: 'injured',
          otherwise: [],
          span,
        },
      ],
    }),
    done: stage('done', { final: 'success', title: { parts: ['Done'] } }),
  },
  stageOrder: ['training', 'done'],
  initial: 'training',
  exits: [],
};

/** Monday 5 January 2026, 09:00 in London. */
export const now = Date.UTC(2026, 0, 5, 9);

export const facts: Facts = {
  enrolledAt: now - 3_600_000,
  zone: 'Europe/London',
  data: { week: 1, why: null, injured: false },
  changedAt: {},
  series: { runs: [] },
  visit: {
    stage: 'training',
    number: 1,
    since: now - 3_600_000,
    arrivedAt: now - 3_600_000,
    pauses: [],
    nudges: {},
    done: {},
  },
  interrupted: [],
  visits: 1,
  heardAt: now,
  heard: [],
  holding: {},
  done: {},
  judgements: {},
  run: { id: 'run-1', reason: 'reply', since: now, answering: true, thread: { kind: 'main' } },
  question: null,
  waiting: [],
  roleQuestions: [],
  proposals: [],
  climbs: [],
  lists: {},
  tracks: {},
  turns: {},
  wroteAt: [],
  planned: [],
  review: { lastAt: null, changed: false },
  finished: null,
};

/** A reply to somebody who has just written, unless said otherwise. */
export const runContext = (more: Partial<RunContext> = {}): RunContext => ({
  run: 'run-1',
  reason: 'reply',
  ir,
  facts,
  timeline: [],
  skill: { name: 'run_coach', description: 'Talks runners through the week.', body: 'Cheer them on.', version: 'v1' },
  lets: { done: 0 },
  conversation: [
    { who: 'program', text: 'Welcome! Shall we begin?', at: now - 60_000 },
    { who: 'person', text: 'Yes! I ran 28 minutes this morning, it was easy.', at: now },
  ],
  criteria: [{ id: 'training/criterion-1', text: 'speaks of running as something they want' }],
  sight: {
    whyNot: () => '- Advance to “Week 2” waits for: done >= 3.',
    whatNext: () => '- Wed 7 Jan, 18:00: A review',
  },
  now,
  localTime: 'Monday 5 January 2026, 09:00 (Europe/London)',
  ...more,
});
