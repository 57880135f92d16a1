/**
 * Values typed as words → values of the type that the program gives the field.
 *
 * Words that do not fit are passed on as they are: the control surface knows the sentence to refuse
 * them with. Values that came as JSON have their types already.
 */
import type { Ir, Value, ValueType } from '../compiler/ir.ts';

/** The fields of an entry, as JSON, for `Control.record`. */
export function readFieldTexts(series: string, fields: Record<string, unknown>, ir: Ir): Record<string, unknown> {
  const types = ir.series[series]?.fields ?? {};
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? readText(value, types[name]?.type) : value,
    ]),
  );
}

/** The data of a person who starts elsewhere. */
export function readValueTexts(fields: Record<string, unknown>, ir: Ir): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const type = ir.data[name]?.type;
      const read = typeof value === 'string' ? readText(value, type) : value;
      if (type?.kind === 'date' && typeof read === 'string') return [name, { date: read }];
      if (type?.kind === 'time' && typeof read === 'string' && /^\d\d?:\d\d$/.test(read)) {
        const [hours = 0, minutes = 0] = read.split(':').map(Number);
        return [name, { minutes: hours * 60 + minutes }];
      }
      return [name, read as Value];
    }),
  );
}

function readText(text: string, type: ValueType | undefined): unknown {
  if (type?.kind === 'yes-no' && /^(yes|true|y)$/i.test(text)) return true;
  if (type?.kind === 'yes-no' && /^(no|false|n)$/i.test(text)) return false;
  if (type?.kind === 'number') {
    const digits = text.replace(/\s*[a-z%/]+$/i, '').trim();
    const number = Number(digits);
    return digits === '' || Number.isNaN(number) ? text : number;
  }
  return text;
}
