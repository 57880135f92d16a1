/**
 * Units of numbers: what a product or a quotient of two units is.
 *
 * A unit is the author's own word (`kg`, `mg/dL`); none is known beforehand and none is converted.
 * Canonical spelling: `a·b/c`, sorted, so that equal units are equal strings. The empty string is a
 * plain number. `any` is a bare literal, which fits every unit.
 */
export type Unit = string;
export const anyUnit = 'any number';

/** The canonical spelling of a unit as written. */
export function readUnit(written: string | undefined): Unit {
  return written === undefined ? '' : show(powers(written));
}

export function multiplyUnits(left: Unit, right: Unit): Unit {
  return combine(left, right, 1);
}

export function divideUnits(left: Unit, right: Unit): Unit {
  return combine(left, right, -1);
}

function combine(left: Unit, right: Unit, sign: 1 | -1): Unit {
  if (left === anyUnit && right === anyUnit) return anyUnit;
  const sum = powers(left === anyUnit ? '' : left);
  for (const [name, power] of powers(right === anyUnit ? '' : right)) {
    sum.set(name, (sum.get(name) ?? 0) + sign * power);
  }
  return show(sum);
}

function powers(unit: Unit): Map<string, number> {
  const [above = '', ...below] = unit.split('/');
  const result = new Map<string, number>();
  const add = (part: string, sign: number) => {
    for (const name of part.split('·')) {
      if (name !== '' && name !== '1') result.set(name, (result.get(name) ?? 0) + sign);
    }
  };
  add(above, 1);
  for (const part of below) add(part, -1);
  return result;
}

function show(unit: Map<string, number>): Unit {
  const repeated = (sign: number) =>
    [...unit]
      .filter(([, power]) => power * sign > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, power]) => Array<string>(Math.abs(power)).fill(name));
  const above = repeated(1).join('·');
  const below = repeated(-1);
  return below.length === 0 ? above : `${above === '' ? '1' : above}/${below.join('/')}`;
}
