/**
 * Small words an editor shows inside the text: the next three local times of each cadence, and what a month
 * in a stage costs.
 *
 * When a cadence comes is the runtime's knowledge, and the present moment the host's: both come in
 * as `upcoming`.
 */
import type { Program, Span } from '../../language/ast.ts';
import { costOf, showUsd } from '../cost.ts';
import type { Cadence, Ir } from '../ir.ts';
import { flowsOf } from '../walk.ts';
import type { Workspace } from './workspace.ts';

export type InlayHint = {
  /** It stands before the character at this offset. */
  offset: number;
  text: string;
  tooltip: string;
};

/** A stage's review: when it falls and how far it is spread. */
export type ReviewShown = { cadence: Cadence; spreadMinutes: number; zone: string };

export type Upcoming = {
  /** The next moments of a review, soonest first, as people in its zone read them: `Mon 18:00`. */
  times(review: ReviewShown): string[];
};

/** The hints within `span` (the whole file without it). */
export function inlayHints(workspace: Workspace, path: string, upcoming: Upcoming, span?: Span): InlayHint[] {
  const group = workspace.group(path);
  if (group === undefined) return [];
  const hints: InlayHint[] = [];
  const isWithin = (offset: number) => span === undefined || (offset >= span.start && offset <= span.end);
  for (const { path: home, ir, checked } of group.compiled.programs) {
    if (home !== path) continue;
    hints.push(...costHints(ir, checked.program).filter(({ offset }) => isWithin(offset)));
    for (const review of reviewsOf(ir)) {
      const offset = review.span.end;
      if (!isWithin(offset)) continue;
      const zone = ir.zone.fallback;
      const times = upcoming.times({ cadence: review.cadence, spreadMinutes: review.spreadMinutes, zone });
      if (times.length === 0) continue;
      hints.push({
        offset,
        text: times.join(', '),
        tooltip: `The next times, for somebody in ${zone} who comes here now.`,
      });
    }
  }
  return hints.sort((a, b) => a.offset - b.offset);
}

/** Behind the head of each stage in which the agent has something to do; a stage that costs nothing stays quiet. */
function costHints(ir: Ir, program: Program): InlayHint[] {
  const bills = new Map(costOf(ir).stages.map((bill) => [`${bill.flow ?? ''} ${bill.stage}`, bill]));
  return flowsOf(program).flatMap(({ kind, name, stages }) =>
    stages.flatMap((stage) => {
      const usd = bills.get(`${kind === 'main' ? '' : name} ${stage.name.text}`)?.usd;
      if (usd === undefined || usd.worst === 0 || stage.span.file !== undefined) return [];
      const typical = showUsd(usd.typical);
      return [
        {
          offset: (stage.title ?? stage.name).span.end,
          text: `${typical} a month`,
          tooltip: `A whole month in this stage costs about ${typical} for a usual person, at most ${showUsd(usd.worst)}.`,
        },
      ];
    }),
  );
}

/** Every review of a program, also in its tracks and lists. Those a fragment brought in stand in another text. */
function reviewsOf(ir: Ir): { cadence: Cadence; spreadMinutes: number; span: Span }[] {
  const flows = [ir, ...Object.values(ir.tracks ?? {}), ...Object.values(ir.lists ?? {})];
  return flows
    .flatMap((flow) => Object.values(flow.stages))
    .flatMap(({ review }) => (review === undefined || review.span.file !== undefined ? [] : [review]));
}
