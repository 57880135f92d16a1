/**
 * Regular expressions that may take for ever on some message: found by their shape, before use.
 *
 * Pure. A scan, not a proof, and on the safe side: it also refuses some that would be quick. What it
 * looks for is a text that a pattern can take apart in very many ways, all of which are tried when
 * the end does not fit: a repeated group that holds a repetition, an optional part or alternatives
 * that begin alike; and many repetitions of nearly anything in a row.
 */

/** A group that may come more often than this counts as repeated without end. */
const repeatsFewMax = 3;
/** Each further one multiplies the work by the length of the message. */
const wildMax = 3;

type Group = {
  /** Something inside can be taken in more than one way. */
  varies: boolean;
  /** How each alternative begins: a letter or digit, or null for everything else. */
  begins: (string | null)[];
  /** The first piece of the present alternative is still to come. */
  isFirst: boolean;
};

/** How a sentence about the pattern goes on, with what to do; null where it looks harmless. */
export function slowness(source: string): string | null {
  const open: Group[] = [newGroup()];
  let wild = 0;
  for (let at = 0; at < source.length; ) {
    const group = open.at(-1) as Group;
    const piece = pieceAt(source, at);
    at += piece.length;
    if (piece[0] === '(') {
      begin(group, null);
      open.push(newGroup());
      continue;
    }
    if (piece === '|') {
      group.isFirst = true;
      continue;
    }
    const closed = piece === ')' && open.length > 1 ? open.pop() : undefined;
    const { most, least, length } = quantifierAt(source, at);
    at += length;
    const outer = open.at(-1) as Group;
    if (closed === undefined) begin(outer, least > 0 && /^[\p{L}\p{N}]$/u.test(piece) ? piece.toLowerCase() : null);
    if (most > repeatsFewMax && closed?.varies)
      return 'repeats a group that itself repeats something or leaves it out, such as `(a+)+` or `(ab?)*`: on some messages this would never finish. Repeat only one of the two.';
    if (most > repeatsFewMax && closed !== undefined && beginAlike(closed.begins))
      return 'repeats a group of alternatives that may begin alike, such as `(a|ab)*`: on some messages this would never finish. Let each begin with another letter, or write single characters as `[ab]`.';
    if (most === Number.POSITIVE_INFINITY && /^(\.|\[\^|\\[WSDP])/.test(piece)) wild += 1;
    if (wild > wildMax)
      return `holds more than ${wildMax} repetitions of nearly anything, such as \`.*\`: on long messages this would take minutes. Make two patterns of it.`;
    outer.varies ||= most !== least || (closed !== undefined && (closed.varies || beginAlike(closed.begins)));
  }
  return null;
}

const newGroup = (): Group => ({ varies: false, begins: [], isFirst: true });

function begin(group: Group, how: string | null): void {
  if (group.isFirst) group.begins.push(how);
  group.isFirst = false;
}

const beginAlike = (begins: (string | null)[]): boolean =>
  begins.length > 1 && (begins.includes(null) || new Set(begins).size < begins.length);

/** One piece of the pattern: the head of a group, a class, an escape, or a character. */
function pieceAt(source: string, at: number): string {
  const [piece] = /^(\((\?(<?[=!]|<\w+>|[a-z-]*:))?|\[(\\.|[^\]\\])*\]|\\[pPk]?[{<][^}>]*[}>]|\\.|.)/su.exec(
    source.slice(at),
  ) ?? [source[at] ?? ''];
  return piece;
}

/** How often the piece before may come: once where there is no quantifier. */
function quantifierAt(source: string, at: number): { least: number; most: number; length: number } {
  const found = /^(?:([*+?])|\{(\d+)(,(\d*))?\})\??/.exec(source.slice(at));
  if (found === null) return { least: 1, most: 1, length: 0 };
  const [whole, sign, least, comma, most] = found;
  const { length } = whole;
  if (sign !== undefined)
    return { least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Number.POSITIVE_INFINITY, length };
  return {
    least: Number(least),
    most: comma === undefined ? Number(least) : most === '' ? Number.POSITIVE_INFINITY : Number(most),
    length,
  };
}
