/**
 * Names to declarations: reads every declaration of a program into `Symbols`.
 *
 * Tells of names used twice, kept names, and declarations that contradict themselves. What the
 * expressions say is left to `infer`. Fields are in `bind-fields.ts`, tables in `bind-tables.ts`, the
 * stages of every flow in `bind-flows.ts`.
 */
import type { Field, Name, Program } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { bindField, bindItemField } from './bind-fields.ts';
import { bindAnswers, bindFlow, emptyFlow, itemsOf } from './bind-flows.ts';
import { bindTables } from './bind-tables.ts';
import type { ValueType } from './ir.ts';
import { isReserved, peopleWords, usedTwice } from './names.ts';
import { type ListSymbol, type Report, type Symbols, singulars } from './symbols.ts';
import type { Type } from './value-types.ts';

/**
 * Takes a name into the last of `scopes`; false where it is used there, in one of the others or in the
 * program already, which is reported.
 */
export type Claim = (name: Name, ...scopes: Map<string, Name>[]) => boolean;

export function bind(program: Program, report: Report): Symbols {
  const main = emptyFlow('main', program.name.text);
  const symbols: Symbols = {
    fields: new Map(),
    series: new Map(),
    tables: new Map(),
    lets: main.lets,
    stages: main.stages,
    exits: main.exits,
    main,
    tracks: new Map(),
    lists: new Map(),
    letsById: new Map(),
    roles: new Set(),
    services: new Set(),
    ladders: new Map(),
    calendars: new Map(),
  };
  const taken = new Map<string, Name>();
  const claim = claimer(taken, report);

  bindPeople(program, symbols, report);
  for (const item of program.items) {
    if (item.kind !== 'data' && item.kind !== 'parameters') continue;
    for (const field of item.fields) bindField(field, item.kind, symbols, claim, report);
  }
  for (const item of program.items) {
    if (item.kind === 'track' && claim(item.name)) {
      symbols.tracks.set(item.name.text, { ...emptyFlow('track', item.name.text), kind: 'track', node: item });
    }
    if (item.kind === 'list') {
      const list = declareList(item, symbols, report);
      if (claim(item.name)) symbols.lists.set(item.name.text, list);
    }
  }
  itemsOf(program.items, main, undefined, symbols, claim, []);
  bindTables(program, symbols, claim, report);
  bindFlow(program.items, main, symbols, claim, [], report);
  for (const track of symbols.tracks.values()) bindFlow(track.node.items, track, symbols, claim, [new Map()], report);
  for (const list of symbols.lists.values()) {
    const names = new Map(list.node.fields.map((field) => [field.name.text, field.name]));
    bindFlow(list.node.items, list, symbols, claim, [names], report);
    const stages = [...list.stages.keys()];
    if (stages.length > 0) {
      const declared: ValueType = { kind: 'choice', options: stages };
      const type: Type = { ...declared, of: 'stage', flow: list.name };
      list.items.fields.set('stage', { name: 'stage', declared, type, optional: false });
    }
  }
  bindAnswers(program, symbols, report);
  return symbols;
}

function claimer(taken: Map<string, Name>, report: Report): Claim {
  return (name, ...scopes) => {
    if (isReserved(name.text)) report(diagnostic('reserved-name', name.span, { name: name.text }));
    let before = taken.get(name.text);
    for (const scope of scopes) before ??= scope.get(name.text);
    if (before === undefined) {
      (scopes.at(-1) ?? taken).set(name.text, name);
      return true;
    }
    report(usedTwice(name, before));
    return false;
  };
}

/** Roles, services, ladders and calendars: names for the world outside, in a space of their own. */
function bindPeople(program: Program, symbols: Symbols, report: Report): void {
  const taken = new Map<string, Name>();
  const fresh = (name: Name): boolean => {
    if (isReserved(name.text) || peopleWords.has(name.text)) {
      report(diagnostic('reserved-name', name.span, { name: name.text }));
    }
    const before = taken.get(name.text);
    if (before === undefined) taken.set(name.text, name);
    else report(usedTwice(name, before));
    return before === undefined;
  };
  for (const item of program.items) {
    if (item.kind === 'roles') for (const name of item.names) if (fresh(name)) symbols.roles.add(name.text);
    if (item.kind === 'services') for (const name of item.names) if (fresh(name)) symbols.services.add(name.text);
  }
  for (const item of program.items) {
    if (item.kind === 'ladder' && fresh(item.name)) symbols.ladders.set(item.name.text, item);
    if (item.kind === 'holidays' && fresh(item.name)) symbols.calendars.set(item.name.text, item);
  }
}

function declareList(node: ListSymbol['node'], symbols: Symbols, report: Report): ListSymbol {
  const name = node.name.text;
  const own = new Map<string, Name>();
  const list: ListSymbol = {
    ...emptyFlow('list', name),
    kind: 'list',
    node,
    singular: singulars(name)[0] ?? name,
    ...(node.key === undefined ? {} : { key: node.key.text }),
    fields: new Map(),
    items: { name, singular: singulars(name)[0] ?? name, fields: new Map(), plain: false, list: true },
  };
  const fresh = (field: Field): boolean => {
    const before = own.get(field.name.text);
    if (isReserved(field.name.text) || field.name.text === 'stage') {
      report(diagnostic('reserved-name', field.name.span, { name: field.name.text }));
    }
    if (before === undefined) own.set(field.name.text, field.name);
    else report(usedTwice(field.name, before));
    return before === undefined;
  };
  for (const field of node.fields) {
    const symbol = bindItemField(field, symbols, report);
    if (symbol === undefined || !fresh(field)) continue;
    list.fields.set(symbol.name, symbol);
    const { declared, type, optional } = symbol;
    list.items.fields.set(symbol.name, { name: symbol.name, declared, type, optional });
  }
  return list;
}
