/** In a final stage nothing happens any more: it may greet and record, but has no rules, reviews or questions. */
import { diagnostic } from '../../language/diagnostics.ts';
import type { Check } from './question.ts';

const names: Record<string, string> = {
  review: 'reviews',
  nudge: 'nudges',
  ask: 'questions',
  command: 'commands',
  on: 'rules',
  when: 'rules',
  transition: 'way out',
  escalate: 'escalations',
  check: 'checks',
  at: 'rules',
  pause: 'timers',
};

export const finalStages: Check = {
  part({ stage }, _, report) {
    if (stage?.final === undefined) return;
    for (const item of stage.items) {
      const what = names[item.kind];
      if (what !== undefined) report(diagnostic('final-stage', item.span, { what }));
    }
  },
};
