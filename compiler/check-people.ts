/**
 * Who is told, asked, called and who decides: roles, services, ladders, the participant and the cohort.
 *
 * An escalation to somebody unknown falls to the operators and is only warned of; for anything else
 * there would be nobody.
 */
import type { Name } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import type { Inference, Scope } from './inference.ts';
import { COHORT, insteadOfPerson, listed, meant, OPERATOR, PARTICIPANT } from './names.ts';
import { letNamed } from './names-in-scope.ts';
import type { Resolution } from './symbols.ts';
import { describeType } from './value-types.ts';

/** A role that does something: asked, or deciding. Never the agent, a service or the person. */
export function needRole(cx: Inference, name: Name, verb: 'approve' | 'answer'): void {
  const { roles, services, ladders } = cx.checked.symbols;
  if (roles.has(name.text) || name.text === OPERATOR) return;
  const known = [...roles, OPERATOR];
  const why =
    name.text === 'agent'
      ? 'The agent talks; it decides nothing'
      : services.has(name.text)
        ? `\`${name.text}\` is a service`
        : ladders.has(name.text)
          ? `\`${name.text}\` is a ladder`
          : name.text === PARTICIPANT || name.text === COHORT
            ? verb === 'answer'
              ? 'Without a role, the person is asked'
              : 'The person it is about decides nothing here'
            : undefined;
  const hint =
    why === undefined
      ? { hint: `Declare it: \`roles ${name.text}\`.` }
      : { hint: `${why}. The roles are: ${listed(known, '')}.` };
  cx.report(
    diagnostic('needs-role', name.span, { name: name.text, verb }, why === undefined ? meant(name, known, hint) : hint),
  );
}

/**
 * Whoever is told something: a role, `participant`, `cohort`, or a value that is a role, which is noted in
 * `checked.recipients`. `ladders` may be told where an escalation climbs.
 */
export function needRecipient(cx: Inference, name: Name, scope: Scope, escalation = false): void {
  const { symbols, recipients } = cx.checked;
  const { text } = name;
  if (symbols.roles.has(text) || text === OPERATOR) return;
  if (escalation ? symbols.ladders.has(text) : text === PARTICIPANT || text === COHORT) return;
  const found = valueNamed(cx, text, scope);
  if (found !== undefined) {
    const { type, resolution } = found;
    if (type.kind === 'choice' && type.of === 'role') recipients.set(name, resolution);
    else {
      const words = { found: describeType(type), expected: 'a role is needed here' };
      const hint = `Declare \`${text}\` as a role: \`${text} : role = ${[...symbols.roles][0] ?? OPERATOR}\`.`;
      cx.report(diagnostic('wrong-type', name.span, words, { hint }));
    }
    return;
  }
  const known = [...symbols.roles, OPERATOR, ...(escalation ? symbols.ladders.keys() : [PARTICIPANT, COHORT])];
  if (escalation) {
    cx.report(diagnostic('unknown-role', name.span, { name: text }, meant(name, known, insteadOfPerson(text, true))));
    return;
  }
  const hint = symbols.ladders.has(text)
    ? { hint: `It is a ladder: \`escalate to ${text} "…"\`.` }
    : symbols.services.has(text)
      ? { hint: `It is a service: \`call ${text} … { … }\`.` }
      : insteadOfPerson(text, false);
  cx.report(diagnostic('unknown-recipient', name.span, { name: text }, meant(name, known, hint)));
}

function valueNamed(cx: Inference, name: string, scope: Scope) {
  const { symbols, letTypes } = cx.checked;
  const resolved = (type: ReturnType<Inference['infer']>['type'], resolution: Resolution) => ({ type, resolution });
  const { entryOf, item } = scope;
  const ofEntry = entryOf?.fields.get(name);
  if (ofEntry !== undefined && entryOf !== undefined) {
    return resolved(
      ofEntry.type,
      entryOf.list ? { kind: 'item', field: name, list: entryOf.name } : { kind: 'entry', field: name },
    );
  }
  const ofItem = item?.fields.get(name);
  if (ofItem !== undefined && item !== undefined)
    return resolved(ofItem.type, { kind: 'item', field: name, list: item.name });
  const own = letNamed(cx.checked, name, scope);
  if (own !== undefined)
    return resolved(letTypes.get(own.id)?.type ?? { kind: 'unknown' }, { kind: 'let', id: own.id });
  const field = symbols.fields.get(name);
  return field === undefined ? undefined : resolved(field.type, { kind: 'data', name });
}
