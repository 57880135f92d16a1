/** Escalations of stages go to roles and ladders; ladders climb from role to role and end. */
import { diagnostic } from '../../language/diagnostics.ts';
import { fixOf } from '../../language/fixes.ts';
import { COHORT, insteadOfPerson, meant, OPERATOR, PARTICIPANT } from '../names.ts';
import type { Report, Symbols } from '../symbols.ts';
import type { Check } from './question.ts';

export const roles: Check = {
  outside({ symbols }, report) {
    for (const ladder of symbols.ladders.values()) climbs(ladder, symbols, report);
  },
  part({ stage }, { symbols }, report) {
    // Those in bodies are looked at with their bodies.
    for (const item of stage?.items ?? []) {
      if (item.kind !== 'escalate') continue;
      const known = [...symbols.roles, OPERATOR, ...symbols.ladders.keys()];
      if (known.includes(item.to.text) || isRoleField(item.to.text, symbols)) continue;
      const details = meant(item.to, known, insteadOfPerson(item.to.text, true));
      report(diagnostic('unknown-role', item.to.span, { name: item.to.text }, details));
    }
  },
};

const isRoleField = (name: string, symbols: Symbols): boolean => {
  const type = symbols.fields.get(name)?.type;
  return type?.kind === 'choice' && type.of === 'role';
};

/** Each rung but the last says how long to wait there. */
function climbs(ladder: NonNullable<ReturnType<Symbols['ladders']['get']>>, symbols: Symbols, report: Report): void {
  ladder.rungs.forEach((rung, index) => {
    const { to } = rung;
    if (!symbols.roles.has(to.text) && to.text !== OPERATOR) {
      const kind = symbols.ladders.has(to.text)
        ? to.text === ladder.name.text
          ? 'this ladder itself'
          : 'a ladder'
        : symbols.services.has(to.text)
          ? 'a service'
          : to.text === PARTICIPANT || to.text === COHORT
            ? 'no role'
            : 'nobody that is declared';
      report(diagnostic('ladder-rung', to.span, { name: to.text, kind }, meant(to, [...symbols.roles, OPERATOR])));
    }
    const isLast = index === ladder.rungs.length - 1;
    if (isLast && rung.for !== undefined) {
      const span = { ...rung.span, start: to.span.end, end: rung.for.span.end };
      const fix = fixOf('leave-time-out', '', { span, text: '' });
      report(diagnostic('ladder-end', rung.for.span, { name: to.text }, { fix }));
    }
    if (!isLast && rung.for === undefined) report(diagnostic('ladder-stops', to.span, { name: to.text }));
  });
}
