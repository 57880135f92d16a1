/**
 * What the names in a tree stand for, as a table: the kind of a node and the property a name stands
 * in, to the kind of thing it names.
 *
 * A new declaration of the language is a line here. Names that are not listed are still understood
 * where that is safe: an item with a `name` declares something of its own kind, and any other name
 * means whatever is declared under it (see `symbol-index.ts`).
 */

/** What can be named. A declaration that is not listed is known by its node's own kind. */
export type SymbolKind =
  | 'program'
  | 'fragment'
  | 'track'
  | 'list'
  | 'stage'
  | 'field'
  | 'parameter'
  | 'series'
  | 'entry'
  | 'argument'
  | 'let'
  | 'bands'
  | 'window'
  | 'table'
  | 'ladder'
  | 'holidays'
  | 'role'
  | 'service'
  | 'exit'
  | 'output'
  | 'skill'
  | 'agent'
  | 'option'
  | (string & {});

/**
 * `declares`: the name is made here. `refers`: it was made elsewhere, as one of these kinds, the
 * likeliest first. `first`: the first place that says it makes it, unless something declares it.
 * `perhaps`: where nothing is declared under it, it is a word of the place alone.
 * `nothing`: a word of the language, of another version or of the outside.
 */
export type Meaning =
  | { role: 'declares' | 'first'; kind: SymbolKind }
  | { role: 'refers'; kinds: readonly SymbolKind[]; perhaps?: true }
  | { role: 'nothing' };

const declares = (kind: SymbolKind): Meaning => ({ role: 'declares', kind });
const first = (kind: SymbolKind): Meaning => ({ role: 'first', kind });
const refers = (...kinds: SymbolKind[]): Meaning => ({ role: 'refers', kinds });
const nothing: Meaning = { role: 'nothing' };

/** What can stand in a calculation, in the order in which the checker looks. */
export const valueKinds: readonly SymbolKind[] = [
  'entry',
  'argument',
  'let',
  'bands',
  'field',
  'parameter',
  'series',
  'list',
  'table',
  'window',
  'role',
  'holidays',
];
const settable = refers('entry', 'field', 'parameter');
const somebody = refers('role', 'ladder', 'entry', 'field', 'parameter', 'service');

/**
 * By `node kind.property`, or `*.property` for every other kind. Nodes without a kind are called
 * after their shape: see `shapeOf` in `collect-names.ts`.
 */
const table: Readonly<Record<string, Meaning>> = {
  'program.name': declares('program'),
  'scenario.program': refers('program'),
  'fragment.name': declares('fragment'),
  'import.names': refers('fragment'),
  'use.name': refers('fragment'),
  'agent.name': first('agent'),
  'roles.names': declares('role'),
  'services.names': declares('service'),
  'ladder.name': declares('ladder'),
  'holidays.name': declares('holidays'),
  'track.name': declares('track'),
  'list.name': declares('list'),
  'list.key': refers('entry'),
  'bands.name': declares('bands'),
  'window.name': declares('window'),
  'let.name': declares('let'),
  'table.name': declares('table'),
  // A key named like a field takes the field's type, so it is the same name.
  'table.keys': { role: 'refers', kinds: ['field', 'parameter', 'let'], perhaps: true },
  'stage.name': declares('stage'),
  'argument.as': declares('argument'),
  'choice.options': declares('option'),
  'ask.as': first('field'),
  'transition.as': first('exit'),
  'move.as': first('exit'),
  'send.what': first('output'),

  'reenter.keeping': refers('field', 'series', 'list'),
  'cohort.by': refers('field', 'parameter'),
  'skill.name': first('skill'),
  'say-with-skill.skill': first('skill'),
  'transition.to': refers('stage'),
  'move.to': refers('stage'),
  'interrupt.with': refers('stage'),
  'start.at': refers('stage'),
  // `expect stage training`: an expectation, not a stage.
  'stage.stage': refers('stage'),
  'left.as': refers('exit'),
  'sent.what': refers('output'),
  'rung.to': refers('role'),
  'permission.who': refers('role', 'service', 'agent'),
  '*.to': somebody,
  '*.by': somebody,
  'call.service': refers('service'),
  'called.service': refers('service'),
  'call.action': nothing,
  'called.action': nothing,
  '*.calendar': refers('holidays', 'entry', 'field', 'parameter'),

  'set.name': settable,
  'clear.name': settable,
  'propose.name': settable,
  'proposed.what': refers('entry', 'field', 'parameter', 'stage'),
  'changed.field': settable,
  'becomes.old': nothing,
  'becomes.new': refers('stage', 'field', 'series', 'list', 'track'),
  'drop.name': nothing,

  '*.series': refers('series'),
  '*.list': refers('list'),
  'nudge.without': refers('series'),
  'selection.series': refers('series', 'list'),
  'stage-of.track': refers('track', 'list'),
  'in-window.window': refers('window'),
  'lookup.table': refers('table', 'list'),
  'name.name': refers(...valueKinds),
  'assignment.name': settable,
  'member.field': refers('entry'),
  'selection.field': refers('entry'),

  'call.function': nothing,
  '*.unit': nothing,
  '*.unread': nothing,
};

/** What a name of this node and property means; undefined where the table does not know the place. */
export function meaningOf(shape: string, property: string): Meaning | undefined {
  return table[`${shape}.${property}`] ?? table[`*.${property}`];
}

/** Words for people: `the stage training`, `the choice easy`. */
const words: Readonly<Record<string, string>> = {
  entry: 'part of an entry',
  let: '`let`',
  exit: 'name people leave under',
  option: 'choice',
  argument: 'argument of a command',
  holidays: 'calendar of holidays',
};

/** `stage`, `part of an entry`. */
export const describeKind = (kind: SymbolKind): string => words[kind] ?? kind;
