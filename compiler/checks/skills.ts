/** Skills are well named, exist, and every stage where people stay has one. */
import type { Name, StageItem } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { meant } from '../names.ts';
import type { Report } from '../symbols.ts';
import type { Check, Environment } from './question.ts';

/** The Agent Skills format's rule for names, with underscores where its folders have hyphens. */
const skillName = /^(?=.{1,64}$)[a-z0-9]+(_[a-z0-9]+)*$/;

export const skills: Check = {
  outside({ program }, report, environment) {
    for (const item of program.items) if (item.kind === 'skill') checkName(item.name, environment, report);
  },
  part({ flow, stage, deeds }, { program }, report, environment) {
    const own = stage?.items.filter((item) => item.kind === 'skill') ?? [];
    for (const { name } of own) checkName(name, environment, report);
    for (const { action } of deeds) if (action?.kind === 'say-with-skill') checkName(action.skill, environment, report);
    // In a track or a list the agent may have nothing to say.
    if (stage === undefined || flow.kind !== 'main' || stage.final !== undefined || own.length > 0) return;
    if (program.items.some((item) => item.kind === 'skill') || leadsOn(stage.items)) return;
    report(diagnostic('no-skill', stage.name.span, { name: stage.name.text }));
  },
};

/**
 * Whether nobody is ever there to be talked to: all that happens is done on entry, and a move that asks nothing comes
 * last.
 */
function leadsOn(items: readonly StageItem[]): boolean {
  const last = items.findLast(({ kind }) => kind === 'transition');
  return (
    last?.kind === 'transition' &&
    (last.direction === 'advance' || last.direction === 'return') &&
    last.when === undefined &&
    last.after === undefined &&
    last.approved === undefined &&
    !items.some(({ kind }) => staying.has(kind))
  );
}

/** What somebody has to be there for. */
const staying: ReadonlySet<StageItem['kind']> = new Set([
  'review',
  'nudge',
  'ask',
  'escalate',
  'when',
  'on',
  'check',
  'at',
  'pause',
  'command',
]);

function checkName(name: Name, { skills }: Environment, report: Report): void {
  if (!skillName.test(name.text)) {
    report(diagnostic('skill-name', name.span, { name: name.text }));
    return;
  }
  if (skills === undefined || skills.includes(name.text)) return;
  const details = meant(name, skills);
  report(diagnostic('unknown-skill', name.span, { name: name.text, folder: name.text.replaceAll('_', '-') }, details));
}
