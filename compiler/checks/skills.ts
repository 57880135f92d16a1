/** Skills are well named, exist, and every stage where people stay has one. */
import type { Name } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { meant } from '../names.ts';
import { allStages, deedsIn, stagesOf } from '../walk.ts';
import type { Check } from './question.ts';

/** The Agent Skills format's rule for names, with underscores where its folders have hyphens. */
const skillName = /^(?=.{1,64}$)[a-z0-9]+(_[a-z0-9]+)*$/;

export const skills: Check = ({ program }, report, environment) => {
  const check = (name: Name) => {
    if (!skillName.test(name.text)) {
      report(diagnostic('skill-name', name.span, { name: name.text }));
      return;
    }
    if (environment.skills === undefined || environment.skills.includes(name.text)) return;
    const details = meant(name, environment.skills);
    report(
      diagnostic('unknown-skill', name.span, { name: name.text, folder: name.text.replaceAll('_', '-') }, details),
    );
  };
  const sayings = () => {
    for (const { action } of deedsIn(program)) if (action?.kind === 'say-with-skill') check(action.skill);
  };
  for (const item of program.items) if (item.kind === 'skill') check(item.name);
  for (const stage of allStages(program)) {
    for (const item of stage.items) if (item.kind === 'skill') check(item.name);
  }
  if (program.items.some((item) => item.kind === 'skill')) return sayings();
  // In a track or a list the agent may have nothing to say.
  for (const stage of stagesOf(program)) {
    const silent = stage.final === undefined && !stage.items.some((item) => item.kind === 'skill');
    if (silent) report(diagnostic('no-skill', stage.name.span, { name: stage.name.text }));
  }
  sayings();
};
