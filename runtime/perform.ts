/**
 * Performs the effects of the program: of a rule, of an entry into a stage, of an `else`.
 *
 * In order; assignments see the ones before them. What an effect means for the world leaves as data.
 */
import type { Effect, Value } from '../compiler/ir.ts';
import { COHORT } from '../compiler/names.ts';
import { escalate } from './climb.ts';
import { tellCohort } from './cohort.ts';
import { evaluate, fillText } from './evaluate.ts';
import type { MessageReason } from './facts.ts';
import { performAdd, performEach } from './items.ts';
import { envOf, type Moment, newId, note, put, recipientOf, refuse, withEffect, withFacts } from './moment.ts';
import { propose } from './propose.ts';
import { ask } from './questions.ts';
import { addEntry, setField, setItemField } from './set-facts.ts';
import { say, startRun } from './speak.ts';

/** `reason`: of what is said. */
export function perform(moment: Moment, effects: Effect[], reason: MessageReason): Moment {
  return effects.reduce((now, effect) => performOne(now, effect, reason), moment);
}

function performOne(moment: Moment, effect: Effect, reason: MessageReason): Moment {
  const env = envOf(moment);
  switch (effect.kind) {
    case 'set': {
      const { value } = evaluate(effect.value, env);
      if (!effect.item) return setField(moment, effect.field, value, { by: 'program' });
      return moment.item ? setItemField(moment, moment.item, effect.field, value, { by: 'program' }) : moment;
    }
    case 'say':
      return say(
        moment,
        { text: fillText(effect.text, env).text, reason, author: 'program', ...lapsing(moment) },
        effect.now === true,
      );
    case 'say-with-skill':
      return startRun(moment, 'say', effect.skill);
    case 'say-in-turn': {
      const count = moment.facts.turns[effect.id] ?? 0;
      const text = effect.texts[count % Math.max(1, effect.texts.length)];
      if (!text) return moment;
      const counted = withFacts(moment, { turns: put(moment.facts.turns, effect.id, count + 1) });
      return say(counted, { text: fillText(text, env).text, reason, author: 'program', ...lapsing(moment) });
    }
    case 'record': {
      const fields: Record<string, Value> = {};
      for (const name of Object.keys(moment.ir.series[effect.series]?.fields ?? {})) {
        const expr = effect.fields[name];
        fields[name] = expr ? evaluate(expr, env).value : null;
      }
      return addEntry(moment, { series: effect.series, fields, occurredAt: moment.now, by: 'program' });
    }
    case 'escalate':
      // Somebody must look: where nobody is named at this moment, an operator does.
      return escalate(
        moment,
        recipientOf(moment, effect.to) ?? 'operator',
        effect.text ? fillText(effect.text, env).text : '',
      );
    case 'tell':
      return tell(moment, recipientOf(moment, effect.to), fillText(effect.text, env).text, reason);
    case 'output':
      return output(moment, effect.name, recipientOf(moment, effect.to), fillText(effect.text, env).text, reason);
    case 'call': {
      const fields = Object.fromEntries(
        Object.entries(effect.fields).map(([name, expr]) => [name, evaluate(expr, env).value]),
      );
      const [id, named] = newId(moment);
      const call = { id, service: effect.service, action: effect.action, fields };
      return note(withEffect(named, { type: 'call', ...call }), { kind: 'called', ...call });
    }
    case 'ask':
      return ask(moment, effect.question);
    case 'propose':
      return propose(moment, effect);
    case 'add':
      return performAdd(moment, effect);
    case 'each':
      return performEach(moment, effect, (there, effects) => perform(there, effects, reason));
  }
}

/**
 * A prompt that waits has no point any more once the person has gone on; what a stage says on entry, and a document,
 * has.
 */
const lapsing = ({ prompting }: Moment) => (prompting ? { lapsesWhenMoved: true } : {});

/** Words for a role; for the participant they are said, the others of the cohort are told each by their own program. */
function tell(moment: Moment, to: string | null, text: string, reason: MessageReason): Moment {
  if (to === null) return refuse(moment, 'tell', `Nobody is named who should be told “${text.slice(0, 100)}”.`);
  if (to === 'participant') return say(moment, { text, reason, author: 'program' });
  if (to === COHORT) return tellCohort(moment, text);
  const [id, named] = newId(moment);
  return note(withEffect(named, { type: 'tell', id, to, text }), { kind: 'told', id, to, text });
}

/** A document. The participant reads it in the conversation, outside quiet hours like everything else. */
function output(moment: Moment, name: string, to: string | null, text: string, reason: MessageReason): Moment {
  if (to === null) return refuse(moment, name, `Nobody is named who should get ${name}.`);
  if (to === COHORT) return tellCohort(moment, text, name);
  const [id, named] = newId(moment);
  const noted = note(named, { kind: 'output', id, name, to, text });
  if (to === 'participant') return say(noted, { text, reason, author: 'program' });
  return withEffect(noted, { type: 'output', id, name, to, text });
}
