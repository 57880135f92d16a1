/**
 * More messages can come due than `messages at most` lets through: the others wait, and pile up.
 *
 * Asked of each stage of the program, with what tracks bring at the same time. Lists are left out: how
 * many things they hold is not in the text.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { type FlowPart, stagesIn } from '../flow.ts';
import type { Ir } from '../ir.ts';
import { type Speech, speechIn } from '../speech.ts';
import type { Analysis } from './question.ts';

export const load: Analysis = (ir, report, { flows, nameOf, clause }) => {
  const { perDay, perWeek } = ir.messagesAtMost ?? {};
  const [main, ...others] = flows;
  if (main === undefined || (perDay === undefined && perWeek === undefined)) return;
  const tracks = others.filter(({ kind }) => kind === 'track').map((track) => most(ir, track));
  const beside = (of: 'perDay' | 'perWeek') => tracks.reduce((sum, one) => sum + one[of], 0);
  for (const stage of stagesIn(main.flow)) {
    const own = speechIn(ir, main.flow, stage);
    const over = (['perDay', 'perWeek'] as const).find(
      (of) => own[of] + beside(of) > ({ perDay, perWeek }[of] ?? Infinity),
    );
    if (over === undefined || stage.final !== undefined) continue;
    const cap = { perDay, perWeek }[over] ?? 0;
    const period = over === 'perDay' ? 'day' : 'week';
    const words = { stage: stage.name, count: own[over] + beside(over), period, cap };
    const related = [{ message: 'This is what is let through.', span: clause('messages') }];
    report(diagnostic('too-many-messages', nameOf(main, stage.name), words, { related }));
  }
};

function most(ir: Ir, { flow }: FlowPart): Speech {
  const all = stagesIn(flow).map((stage) => speechIn(ir, flow, stage));
  return {
    perDay: Math.max(0, ...all.map((one) => one.perDay)),
    perWeek: Math.max(0, ...all.map((one) => one.perWeek)),
  };
}
