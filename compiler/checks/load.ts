/**
 * More messages can come due than `messages at most` lets through: the others wait, and pile up.
 *
 * Asked of each stage of the program, with what tracks bring at the same time. Lists are left out: how
 * many things they hold is not in the text.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { remember } from '../analysis-memory.ts';
import { DAY, showDuration, usualMinutes } from '../constants.ts';
import { pausedStages } from '../flow.ts';
import type { Flow, Ir, Stage } from '../ir.ts';
import { type Speech, speechIn } from '../speech.ts';
import type { Analysis } from './question.ts';

/** As many as are let through in a day or a week, and the words that say so. */
type Cap = { of: keyof Speech; per: 'perDay' | 'perWeek'; most: number; said: string };

export const load: Analysis = (ir, report, { flows, nameOf, clause, memory }) => {
  const caps = capsOf(ir);
  const [main, ...others] = flows;
  if (main === undefined || caps.length === 0) return;
  const said = (flow: Flow, stage: Stage) => remember(memory, stage, speechIn, () => speechIn(ir, flow, stage));
  const tracks = others
    .filter(({ kind }) => kind === 'track')
    .map(({ flow, stages }) => stages.map((stage) => said(flow, stage)));
  const paused = pausedStages(ir);
  for (const stage of main.stages) {
    if (stage.final !== undefined || paused.has(stage.name)) continue;
    const own = said(ir, stage);
    const count = ({ of, per }: Cap) => tracks.reduce((sum, stages) => sum + most(stages, of, per), own[of][per]);
    const over = caps.find((cap) => count(cap) > cap.most);
    if (over === undefined) continue;
    const period = over.per === 'perDay' ? 'day' : 'week';
    const words = {
      stage: stage.name,
      what: over.of === 'messages' ? `${count(over)} messages` : `messages at ${count(over)} times`,
      period,
      said: over.said,
      cap: over.most,
    };
    const related = [{ message: 'This is what is let through.', span: clause('messages') }];
    report(diagnostic('too-many-messages', nameOf(main, stage.name), words, { related }));
  }
};

function capsOf({ messagesAtMost, quiet }: Ir): Cap[] {
  const { perDay, perWeek, apart } = messagesAtMost ?? {};
  const caps: Cap[] = [];
  if (perDay !== undefined) caps.push({ of: 'messages', per: 'perDay', most: perDay, said: `${perDay} per day` });
  if (perWeek !== undefined) caps.push({ of: 'messages', per: 'perWeek', most: perWeek, said: `${perWeek} per week` });
  const minutes = apart === undefined ? 0 : usualMinutes(apart);
  if (apart === undefined || minutes <= 0) return caps;
  const said = `${showDuration(apart)} apart`;
  // What begins at one moment counts as one.
  const of = 'moments';
  if (minutes > DAY) return [...caps, { of, per: 'perWeek', most: Math.max(1, Math.floor((7 * DAY) / minutes)), said }];
  // The first may come when the quiet hours end, the last just before they begin.
  const night = quiet === undefined ? 0 : (quiet.to - quiet.from + DAY) % DAY;
  const byDay = Math.floor((DAY - night - 1) / minutes) + 1;
  return [...caps, { of, per: 'perDay', most: Math.min(Math.floor(DAY / minutes), byDay), said }];
}

const most = (stages: readonly Speech[], of: Cap['of'], per: Cap['per']): number =>
  Math.max(0, ...stages.map((one) => one[of][per]));
