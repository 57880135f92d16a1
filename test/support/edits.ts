/**
 * Somebody at work on a text: types letters, renames, moves and swaps what is there, breaks and mends it.
 *
 * Everything follows from the random numbers it is given. Most edits keep the text readable, and many keep it
 * sound, so that what comes after reading is tried as well.
 */
import { parse } from '../../language/parse.ts';
import { tokenize } from '../../language/tokens.ts';
import type { Chance } from '../../runtime/population/chance.ts';

type Edit = (text: string, random: Chance) => string;

const put = (text: string, at: number, piece: string, skip = 0) => text.slice(0, at) + piece + text.slice(at + skip);

/** One edit of a text; `before` are its earlier states, to one of which it may be taken back. */
export function edited(text: string, before: readonly string[], random: Chance): string {
  if (before.length > 0 && random.happens(0.2)) return random.pick(before);
  return random.pick(ways)(text, random);
}

const lines = [
  '    say "Good."\n',
  '    let fresh = count(runs in last 3 days)\n',
  '    ask "How much?" (number 1 to 9) as amount\n',
  '    ask "How much?" (a little | a lot) as amount\n',
  '    when amount > 3 { say "{amount} is much." }\n',
  '    command "stop" { leave as quit }\n',
  '    command "more" { leave as done }\n',
  '    pause while now > enrolled + 3 days\n',
  '    interrupt with recovery\n',
  '    resume when week > 2\n',
  '    tell cohort "We are {week} weeks on."\n',
  '    leave as tired when judged "is tired" at 0.8 approved by nurse, refused { say "Stay." }\n',
  '    set week = fresh\n',
  '    nudge after 2 days\n',
  '  let later = today + 3 days\n',
  '  data { amount : number 0 to 100 = 1 }\n',
  '  skill companion\n',
  '  services billing\n',
  '  // A remark.\n',
  '\n',
];
const letters = ['a', 'x', '1', ' ', '"', '{', '}', '!', '.', '/', '-', '\n', '%', 'é'];

const ways: Edit[] = [
  // A letter, anywhere or in a text that is said.
  (text, random) => put(text, random.upTo(text.length + 1), random.pick(letters)),
  (text, random) => {
    const said = [...text.matchAll(/say "/g)].map((found) => found.index + 5);
    return said.length === 0 ? text : put(text, random.pick(said), random.pick(['x', 'ab', 'é', ' ', '"', '{week}']));
  },
  (text, random) => put(text, random.upTo(text.length), '', 1 + random.upTo(3)),
  // Whole lines.
  (text, random) => put(text, lineAt(text, random), random.pick(lines)),
  (text, random) => put(text, lineAt(text, random), random.pick(lines)),
  (text, random) => {
    const all = text.split('\n');
    all.splice(random.upTo(all.length), 1 + random.upTo(2));
    return all.join('\n');
  },
  (text, random) => {
    const all = text.split('\n');
    const [moved = ''] = all.splice(random.upTo(all.length), 1);
    all.splice(random.upTo(all.length + 1), 0, moved);
    return all.join('\n');
  },
  (text, random) => put(text, lineAt(text, random), lineOf(text, lineAt(text, random))),
  // Words.
  renamed,
  renamed,
  (text, random) => {
    const [one, other] = [random.pick(words(text)), random.pick(words(text))];
    return one === undefined || other === undefined ? text : put(text, one.start, other.image, one.image.length);
  },
  (text, random) => {
    const number = random.pick([...text.matchAll(/\b\d+\b/g)]);
    return number === undefined ? text : put(text, number.index, `${random.upTo(100)}`, number[0].length);
  },
  // Stages and other items.
  swapped,
  (text, random) => {
    const one = random.pick(itemsIn(text));
    return one === undefined ? text : put(text, one.start, '', one.end - one.start);
  },
  (text, random) => {
    const one = random.pick(itemsIn(text));
    return one === undefined ? text : put(text, one.end, `\n${text.slice(one.start, one.end)}`);
  },
  (text, random) => {
    const brace = random.pick([...text.matchAll(/[{}]/g)]);
    return brace === undefined ? text : put(text, brace.index, random.pick(['', `${brace[0]}${brace[0]}`]), 1);
  },
  (text) => `${text}\n// The end.\n`,
  (text) => `// It begins.\n${text}`,
];

const lineAt = (text: string, random: Chance): number => {
  const ends = [...text.matchAll(/\n/g)];
  return ends.length === 0 ? 0 : random.pick(ends).index + 1;
};
const lineOf = (text: string, start: number): string => `${text.slice(start).split('\n')[0]}\n`;

const words = (text: string) =>
  tokenize(text)
    .value.filter(({ image }) => /^[a-z_]\w*$/.test(image))
    .map(({ startOffset, image }) => ({ start: startOffset, image }));

/** A name becomes another one everywhere, or in one place alone. */
function renamed(text: string, random: Chance): string {
  const one = random.pick(words(text));
  if (one === undefined) return text;
  const other = `${one.image}${random.pick(['_b', 's', '2'])}`;
  return random.happens(0.5)
    ? put(text, one.start, other, one.image.length)
    : text.replaceAll(new RegExp(`\\b${one.image}\\b`, 'g'), other);
}

/** Items of programs, tracks and lists. */
function itemsIn(text: string): { start: number; end: number }[] {
  return parse(text).value.programs.flatMap(({ items }) =>
    items.flatMap((item) => [
      item.span,
      ...(item.kind === 'track' || item.kind === 'list' || item.kind === 'stage' ? item.items : []).map(
        ({ span }) => span,
      ),
    ]),
  );
}

function swapped(text: string, random: Chance): string {
  const items = itemsIn(text);
  const [one, other] = [random.pick(items), random.pick(items)].toSorted((a, b) => (a?.start ?? 0) - (b?.start ?? 0));
  if (one === undefined || other === undefined || one.end > other.start) return text;
  const [first, second] = [text.slice(one.start, one.end), text.slice(other.start, other.end)];
  return text.slice(0, one.start) + second + text.slice(one.end, other.start) + first + text.slice(other.end);
}
