/**
 * Expressions of the checked tree to expressions of the IR.
 *
 * Follows what `infer` resolved; anything that was not understood becomes a missing value, so that
 * a program with mistakes can still be drawn. Nothing is reported here. What is selected from
 * series and lists is in `lower-selections.ts`.
 */
import type { Expr as Node, TextLiteral } from '../language/ast.ts';
import { duration, textWithoutHoles } from './constants.ts';
import { functions, isSummary } from './functions.ts';
import type { Comparison, Expr, FunctionName, Ir, Length, Text } from './ir.ts';
import { lowerAnchor, lowerSummary, seriesName } from './lower-selections.ts';
import { isComparison } from './narrow.ts';
import { type Checked, type FlowSymbol, findCollection, type ListSymbol, type Resolution } from './symbols.ts';

/** Where an expression stands: what its criteria are called and what a silence in it is counted from. */
export type LowerContext = {
  checked: Checked;
  /**
   * What ids begin with: the stage, `anytime`, or `program` for lets, in a track or list with its name before
   * (`diary.morning`).
   */
  owner: string;
  scope: 'visit' | 'enrollment';
  /** Where silence is measured, if not in `scope`. */
  silenceScope?: 'stage';
  /** The track or list it stands in; absent: the program's own flow. */
  flow?: FlowSymbol | ListSymbol;
  /** The list whose items `each` goes through here. */
  each?: ListSymbol;
  /** Filled as judged criteria are met. */
  criteria: Ir['criteria'];
  /** Nesting so far; deeper expressions than `DEPTH_MAX` are missing values. */
  depth?: number;
};

const DEPTH_MAX = 2000;

export function lowerText(cx: LowerContext, text: TextLiteral): Text {
  return { parts: text.parts.map((part) => (typeof part === 'string' ? part : lowerExpression(cx, part))) };
}

/** A written length stays one; everything else is evaluated when it is needed. */
export function lowerLength(cx: LowerContext, node: Node): Length {
  return node.kind === 'duration' ? duration(node, cx.checked.symbols.calendars) : lowerExpression(cx, node);
}

export function lowerExpression(cx: LowerContext, node: Node): Expr {
  const depth = (cx.depth ?? 0) + 1;
  if (depth > DEPTH_MAX) return missing(node);
  // Counted in place: a copy of the context for every expression would cost more than lowering it.
  cx.depth = depth;
  const expr = lowerAdjusted(cx, node);
  cx.depth = depth - 1;
  return expr;
}

/** A number for a length beside numbers, a length for a number where one is needed, an entry for its value. */
function lowerAdjusted(cx: LowerContext, node: Node): Expr {
  const { span } = node;
  const standIn = cx.checked.standIns.get(node);
  if (standIn === undefined) return lowerOne(cx, node);
  const { number, length, count, unwrapped } = standIn;
  if (number !== undefined) return { op: 'value', value: number, span };
  const expr = lowerOne(cx, node);
  const value: Expr = unwrapped ? { op: 'field', of: expr, field: 'value', span } : expr;
  const unit = length ?? count;
  if (unit === undefined) return value;
  const one: Expr = { op: 'value', value: { duration: { amount: 1, unit } }, span };
  return { op: 'arithmetic', by: length !== undefined ? '*' : '/', left: value, right: one, span };
}

const missing = (node: Node): Expr => ({ op: 'value', value: null, span: node.span });

/** The list whose item is at hand, if any. */
export function listAtHand(cx: LowerContext): ListSymbol | undefined {
  return cx.each ?? (cx.flow !== undefined && 'fields' in cx.flow ? cx.flow : undefined);
}

function lowerOne(cx: LowerContext, node: Node): Expr {
  const { span } = node;
  const lower = (of: Node) => lowerExpression(cx, of);
  const resolved = lowerResolved(cx, node);
  if (resolved !== undefined) return resolved;
  switch (node.kind) {
    case 'number':
    case 'yes-no':
      return { op: 'value', value: node.value, span };
    case 'text': {
      const [only = ''] = node.parts;
      if (node.parts.length <= 1 && typeof only === 'string') return { op: 'value', value: only, span };
      return { op: 'text', text: lowerText(cx, node), span };
    }
    case 'duration':
      return { op: 'value', value: { duration: duration(node, cx.checked.symbols.calendars) }, span };
    case 'time':
      return { op: 'value', value: { minutes: node.minutes }, span };
    case 'date':
      return { op: 'value', value: { date: node.iso }, span };
    case 'today':
      return { op: 'today', span };
    case 'now':
      return { op: 'now', span };
    case 'occurred':
    case 'enrolled':
    case 'entered':
      return { op: node.kind, span };
    case 'member':
      return { op: 'field', of: lower(node.of), field: node.field.text, span };
    case 'lookup':
      return { op: 'lookup', table: node.table.text, keys: node.keys.map(lower), span };
    case 'call':
      return lowerCall(cx, node);
    case 'binary': {
      const left = lower(node.left);
      const right = lower(node.right);
      const { operator } = node;
      if (operator === 'and' || operator === 'or') return { op: operator, left, right, span };
      if (isComparison(operator)) return { op: 'compare', by: operator as Comparison, left, right, span };
      return { op: 'arithmetic', by: operator as '+' | '-' | '*' | '/', left, right, span };
    }
    case 'not':
      return { op: 'not', of: lower(node.of), span };
    case 'negate':
      return { op: 'negate', of: lower(node.of), span };
    case 'else':
      return { op: 'else', left: lower(node.left), right: lower(node.right), span };
    case 'is-known': {
      const known: Expr = { op: 'known', of: lower(node.of), span };
      return node.negated ? { op: 'not', of: known, span } : known;
    }
    case 'absence':
      return {
        op: 'absence',
        series: seriesName(cx, node.series.text),
        ...(node.where === undefined ? {} : { where: lower(node.where) }),
        duration: lowerLength(cx, node.duration),
        scope: cx.scope,
        span,
      };
    case 'silence':
      return { op: 'silence', duration: lowerLength(cx, node.duration), scope: cx.silenceScope ?? cx.scope, span };
    case 'last':
      return { op: 'last', series: seriesName(cx, node.series.text), span };
    case 'last-was': {
      const daysAgo = node.days.map((day) => (day === 'today' ? 0 : 1));
      return { op: 'last-was', series: seriesName(cx, node.series.text), daysAgo, span };
    }
    case 'day-of':
      return { op: 'day', of: lower(node.of), span };
    case 'at-time':
      return { op: 'at-time', date: lower(node.date), time: lower(node.time), span };
    case 'since':
      return { op: 'since', duration: lowerLength(cx, node.duration), anchor: lowerAnchor(cx, node.anchor), span };
    case 'judged':
      return { op: 'judged', criterion: criterion(cx, node), span };
    default:
      return missing(node);
  }
}

/** What a name, `second.opens`, `lifts["squat"]`, `stage` or `today in second` turned out to mean. */
function lowerResolved(cx: LowerContext, node: Node): Expr | undefined {
  const { span } = node;
  const resolution = cx.checked.resolutions.get(node);
  switch (resolution?.kind) {
    case 'data':
      return { op: 'data', name: resolution.name, span };
    case 'let':
      return { op: 'let', id: resolution.id, span };
    case 'entry':
      return { op: 'entry', field: resolution.field, span };
    case 'item':
      return { op: 'item', field: resolution.field, span };
    case 'argument':
      return { op: 'argument', span };
    case 'option':
      return { op: 'value', value: resolution.option, span };
    case 'stage':
      return { op: 'stage', of: resolution.of, span };
    case 'item-of': {
      const [key] = node.kind === 'lookup' ? node.keys : [];
      if (key === undefined) return missing(node);
      return { op: 'item-of', list: resolution.list, key: lowerExpression(cx, key), span };
    }
    case 'let-of': {
      const [key] = node.kind === 'member' && node.of.kind === 'lookup' ? node.of.keys : [];
      if (key === undefined) return missing(node);
      return { op: 'let-of', id: resolution.id, list: resolution.list, key: lowerExpression(cx, key), span };
    }
    case 'window': {
      if (node.kind !== 'in-window') return missing(node);
      const bound = (by: Comparison, id: string): Expr => ({
        op: 'compare',
        by,
        left: lowerExpression(cx, node.of),
        right: { op: 'let', id, span: node.window.span },
        span,
      });
      return { op: 'and', left: bound('>=', resolution.opens), right: bound('<=', resolution.closes), span };
    }
    case 'window-state':
      return lowerWindowState(node, resolution);
    case 'word':
    case undefined:
      return undefined;
  }
}

/** `second is over`: where today lies beside the window. */
function lowerWindowState(node: Node, { opens, closes, state }: Extract<Resolution, { kind: 'window-state' }>): Expr {
  const { span } = node;
  const today = (by: Comparison, id: string): Expr => ({
    op: 'compare',
    by,
    left: { op: 'today', span },
    right: { op: 'let', id, span },
    span,
  });
  const is: Expr =
    state === 'ahead'
      ? today('<', opens)
      : state === 'over'
        ? today('>', closes)
        : { op: 'and', left: today('>=', opens), right: today('<=', closes), span };
  return node.kind === 'binary' && node.operator === '!=' ? { op: 'not', of: is, span } : is;
}

function lowerCall(cx: LowerContext, node: Extract<Node, { kind: 'call' }>): Expr {
  const { span } = node;
  const { symbols } = cx.checked;
  const name = node.function.text;
  if (isSummary(node, (word) => findCollection(symbols, word) !== undefined)) {
    return lowerSummary(cx, node) ?? missing(node);
  }
  if (!Object.hasOwn(functions, name)) return missing(node);
  const args = node.args.map((arg) => lowerExpression(cx, arg));
  // Business days of the only calendar need not name it.
  const [only, ...others] = symbols.calendars.keys();
  if (name === 'business_day' && args.length === 1 && only !== undefined && others.length === 0) {
    args.push({ op: 'value', value: only, span });
  }
  return { op: 'call', function: name as FunctionName, args, span };
}

/** The id of a judged criterion; the same words at the same confidence in one stage are one criterion. */
function criterion(cx: LowerContext, node: Extract<Node, { kind: 'judged' }>): string {
  const text = textWithoutHoles(node.criterion);
  const { at: atLeast, atMost } = node;
  const otherwise = node.otherwise?.kind === 'yes-no' ? node.otherwise.value : undefined;
  const own = Object.values(cx.criteria).filter((one) => one.stage === cx.owner);
  const same = own.find(
    (one) => one.text === text && one.atLeast === atLeast && one.atMost === atMost && one.otherwise === otherwise,
  );
  if (same !== undefined) return same.id;
  const id = `${cx.owner}/criterion-${own.length + 1}`;
  cx.criteria[id] = {
    id,
    text,
    stage: cx.owner,
    atLeast,
    ...(atMost === undefined ? {} : { atMost }),
    ...(otherwise === undefined ? {} : { otherwise }),
  };
  return id;
}
