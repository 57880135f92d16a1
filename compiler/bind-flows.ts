/**
 * Stages, lets, bands and windows of each flow, and the fields that answers bring in.
 *
 * A flow is the program itself, a track or a list. Stages of different flows may have the same name.
 */
import type { Action, Ask, Bands, Let, Name, Program, Rule, Window } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { nearest } from '../language/nearest.ts';
import type { Claim } from './bind.ts';
import { declaredType } from './bind-fields.ts';
import { isReserved, replaceWith, usedTwice } from './names.ts';
import type { FlowSymbol, LetSymbol, Report, StageSymbol, Symbols } from './symbols.ts';
import { describeType, fits, typeOf } from './value-types.ts';
import { partsOf } from './walk.ts';

/** What rules outside the stages are called after: `anytime/leave-1`. */
const ownerNames = new Set(['anytime', 'program']);

export function emptyFlow<Kind extends FlowSymbol['kind']>(kind: Kind, name: string): FlowSymbol & { kind: Kind } {
  const prefix = kind === 'main' ? '' : `${name}.`;
  return { name, kind, prefix, lets: new Map(), windows: new Map(), stages: new Map(), exits: new Map() };
}

/** Reads the lets, bands and windows among `items` into the flow or (`stage`) one of its stages. */
export function itemsOf(
  items: readonly { kind: string }[],
  flow: FlowSymbol,
  stage: StageSymbol | undefined,
  symbols: Symbols,
  claim: Claim,
  scopes: Map<string, Name>[],
): void {
  const into = stage ?? flow;
  const owner = stage === undefined ? (flow.kind === 'main' ? '' : `${flow.prefix}/`) : `${flow.prefix}${stage.name}/`;
  const add = (name: string, node: LetSymbol['node'], more: Pick<LetSymbol, 'bands' | 'window'> = {}): LetSymbol => {
    const symbol: LetSymbol = {
      id: `${owner}${name}`,
      name,
      ...(flow.kind === 'main' ? {} : { flow: flow.name }),
      ...(stage === undefined ? {} : { stage: stage.name }),
      node,
      ...more,
    };
    into.lets.set(name, symbol);
    symbols.letsById.set(symbol.id, symbol);
    return symbol;
  };
  for (const item of items as readonly (Let | Bands | Window | { kind: 'other' })[]) {
    if (item.kind === 'let' && claim(item.name, ...scopes)) add(item.name.text, item);
    if (item.kind === 'bands' && claim(item.name, ...scopes)) {
      const value = item.by ?? item.rows[0]?.value ?? { kind: 'yes-no', value: false, span: item.span };
      add(item.name.text, { name: item.name, value, span: item.span }, { bands: item });
    }
    if (item.kind === 'window' && claim(item.name, ...scopes)) {
      const end = (which: 'opens' | 'closes', value: Window['from']) => {
        const name = `${item.name.text}.${which}`;
        return add(name, { name: { text: name, span: item.name.span }, value, span: item.span }, { window: which });
      };
      const opens = end('opens', item.from);
      const closes = end('closes', item.to);
      into.windows.set(item.name.text, { name: item.name.text, opens, closes, node: item });
    }
  }
}

/** The stages of one flow with what they declare; the lets of the program's own flow are read before its tables. */
export function bindFlow(
  items: Program['items'] | readonly { kind: string }[],
  flow: FlowSymbol,
  symbols: Symbols,
  claim: Claim,
  scopes: Map<string, Name>[],
  report: Report,
): void {
  if (flow.kind !== 'main') itemsOf(items, flow, undefined, symbols, claim, scopes);
  const names = new Map<string, Name>();
  for (const item of items as Program['items']) {
    if (item.kind !== 'stage') continue;
    const { name } = item;
    const before = names.get(name.text);
    if (before !== undefined) {
      report(usedTwice(name, before));
      continue;
    }
    names.set(name.text, name);
    if (name.text.startsWith('left_as_') || ownerNames.has(name.text) || isReserved(name.text)) {
      report(diagnostic('reserved-name', name.span, { name: name.text }));
    }
    const stage: StageSymbol = { name: name.text, node: item, lets: new Map(), windows: new Map() };
    itemsOf(item.items, flow, stage, symbols, claim, [...scopes, new Map()]);
    flow.stages.set(name.text, stage);
  }
}

/** What questions and exits bring in, wherever they stand. */
export function bindAnswers(program: Program, symbols: Symbols, report: Report): void {
  const settable = [...symbols.fields.values()].flatMap(({ name, parameter }) => (parameter ? [] : [name]));
  for (const { flow, stage, deeds } of partsOf(program)) {
    const list = flow.kind === 'list' ? symbols.lists.get(flow.name) : undefined;
    const own = flow.kind === 'track' ? symbols.tracks.get(flow.name) : list;
    const exits = flow.kind === 'main' ? symbols.main.exits : own?.exits;
    for (const { rule, action } of deeds) {
      const leaving = exitOf(action ?? rule);
      if (leaving !== undefined && !exits?.has(leaving.text)) exits?.set(leaving.text, leaving.span);
      // People leave the program, wherever that is said.
      if (leaving !== undefined && !symbols.exits.has(leaving.text)) symbols.exits.set(leaving.text, leaving.span);
      if (action?.kind !== 'ask' || list?.fields.has(action.as.text)) continue;
      bindAnswer(stage?.name.text, action, settable, symbols, report);
    }
  }
}

/** The name under which a move lets people leave. */
const exitOf = (node: Rule | Action | undefined): Name | undefined =>
  node?.kind === 'transition' || node?.kind === 'move' ? node.as : undefined;

/** `ask … as heart` brings in a field of its own where `data` has none of that name; a plain series takes an entry. */
function bindAnswer(
  stage: string | undefined,
  ask: Ask,
  declaredNames: readonly string[],
  symbols: Symbols,
  report: Report,
): void {
  const declared = declaredType(ask.answer, 'an answer', report, symbols.roles);
  const name = ask.as.text;
  const series = symbols.series.get(name);
  const known = symbols.fields.get(name) ?? (series?.plain ? series.fields.get('value') : undefined);
  if (known === undefined) {
    const kind =
      series !== undefined
        ? 'a series whose entries have fields'
        : symbols.lets.has(name)
          ? 'a `let`'
          : symbols.tables.has(name)
            ? 'a table'
            : symbols.lists.has(name)
              ? 'a list'
              : symbols.tracks.has(name)
                ? 'a track'
                : undefined;
    if (kind !== undefined) {
      report(diagnostic('answer-needs-field', ask.as.span, { name, kind }));
      return;
    }
    const type = typeOf(declared);
    const alike = declaredNames.filter((one) => fits(type, symbols.fields.get(one)?.type ?? type));
    const near = nearest(name, alike);
    if (near !== undefined) {
      const details = { fix: replaceWith(near, ask.as.span) };
      report(diagnostic('answer-beside-field', ask.as.span, { name, near }, details));
    }
    symbols.fields.set(name, {
      name,
      declared,
      type,
      optional: true,
      initial: null,
      agentMaySet: false,
      maySet: [],
      personal: false,
      answered: true,
      span: ask.as.span,
    });
    return;
  }
  if ('parameter' in known && known.parameter !== undefined) {
    report(diagnostic('sets-parameter', ask.as.span, { name }));
    return;
  }
  const answer = typeOf(declared);
  const loosely =
    declared.kind === 'choice'
      ? fits(answer, known.type)
      : declared.kind === known.declared.kind &&
        (declared.kind !== 'number' ||
          (known.declared.kind === 'number' && (declared.unit ?? '') === (known.declared.unit ?? '')));
  if (!loosely) {
    const span = symbols.fields.get(name)?.span ?? series?.span ?? ask.as.span;
    const words = {
      found: `a question for ${describeType(answer)}`,
      expected: `\`${name}\` is ${describeType(known.type)}`,
    };
    report(
      diagnostic('wrong-type', ask.answer.span, words, {
        related: [{ message: `\`${name}\` is declared here.`, span }],
        hint: `Ask${stage === undefined ? '' : ` in \`${stage}\``} for what \`${name}\` holds.`,
      }),
    );
  }
}
