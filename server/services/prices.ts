/**
 * What a model call costs: dated rows, tiered by the length of the prompt.
 *
 * US dollars per million tokens, as Anthropic publishes them for direct use of the Messages API at
 * standard speed. A row holds from its day on, until a later row for the same model and tier.
 * Prices change: add a row, never edit one, so that the cost of an old run can be explained.
 */

/** Tokens of one call as the Messages API counts them: `input` is only what the cache did not serve. */
export type TokenCounts = {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
};

type PriceRow = {
  model: string;
  /** ISO date, UTC. */
  from: string;
  /** The row holds for prompts of up to this many tokens, cached ones counted; absent: any length. */
  promptMax?: number;
  input: number;
  output: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
};

/**
 * Source of `input` and `output`: Anthropic's pricing page as of November 2026. Of the cache columns
 * and of the long-prompt tier of Haiku: third-party summaries of the same page, which agree with each
 * other and with Anthropic's rule (a write costs 1.25 times the input for five minutes, twice for an
 * hour). For claude-fable-5-2 no cache price was found: the rule and the dearest known share for
 * reading (a tenth of the input) stand in, so that the sum errs upwards.
 */
const rows: PriceRow[] = [
  {
    model: 'claude-haiku-5-5',
    from: '2026-01-01',
    promptMax: 100_000,
    input: 0.1,
    output: 0.5,
    cacheWrite5m: 0.125,
    cacheWrite1h: 0.2,
    cacheRead: 0.01,
  },
  // The whole request is charged at this tier, not only what lies above the limit.
  {
    model: 'claude-haiku-5-5',
    from: '2026-01-01',
    input: 0.5,
    output: 2.5,
    cacheWrite5m: 0.625,
    cacheWrite1h: 1,
    cacheRead: 0.05,
  },
  {
    model: 'claude-sonnet-5-5',
    from: '2026-01-01',
    input: 2,
    output: 10,
    cacheWrite5m: 2.5,
    cacheWrite1h: 4,
    cacheRead: 0.2,
  },
  {
    model: 'claude-sonnet-5-5',
    from: '2026-10-07',
    input: 2,
    output: 10,
    cacheWrite5m: 2.5,
    cacheWrite1h: 4,
    cacheRead: 0.1,
  },
  {
    model: 'claude-opus-5-5',
    from: '2026-01-01',
    input: 4,
    output: 20,
    cacheWrite5m: 5,
    cacheWrite1h: 8,
    cacheRead: 0.2,
  },
  {
    model: 'claude-fable-5-2',
    from: '2026-01-01',
    input: 8,
    output: 40,
    cacheWrite5m: 10,
    cacheWrite1h: 16,
    cacheRead: 0.8,
  },
  {
    model: 'claude-haiku-4-5',
    from: '2026-01-01',
    input: 1,
    output: 5,
    cacheWrite5m: 1.25,
    cacheWrite1h: 2,
    cacheRead: 0.1,
  },
];

/** A model that no row names is charged like this one: a budget must never be overspent for want of a row. */
const dearestModel = 'claude-fable-5-2';

const perMillion = 1_000_000;

/**
 * US dollars for one call. `at` is the real moment of the call in ms, not a program's clock.
 * `known` is false when no row names the model and the dearest one stands in.
 */
export function priceOf(model: string, tokens: TokenCounts, at: number): { usd: number; known: boolean } {
  // A dated snapshot costs what its family costs.
  const family = model.replace(/-\d{8}$/, '');
  const known = rows.some((row) => row.model === family);
  const row = rowFor(known ? family : dearestModel, promptTokens(tokens), at);
  const usd =
    (tokens.input * row.input +
      tokens.output * row.output +
      tokens.cacheWrite5m * row.cacheWrite5m +
      tokens.cacheWrite1h * row.cacheWrite1h +
      tokens.cacheRead * row.cacheRead) /
    perMillion;
  return { usd, known };
}

/** The length of the prompt: what the cache served and stored is part of it. */
export const promptTokens = (tokens: TokenCounts): number =>
  tokens.input + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h;

/** The newest row that has begun; before the first one, the first. Of the tiers, the lowest that fits. */
function rowFor(model: string, prompt: number, at: number): PriceRow {
  const fitting = rows.filter((row) => row.model === model && prompt <= (row.promptMax ?? Number.POSITIVE_INFINITY));
  const tier = Math.min(...fitting.map((row) => row.promptMax ?? Number.POSITIVE_INFINITY));
  const dated = fitting
    .filter((row) => (row.promptMax ?? Number.POSITIVE_INFINITY) === tier)
    .sort((one, other) => Date.parse(one.from) - Date.parse(other.from));
  const row = dated.findLast((one) => Date.parse(one.from) <= at) ?? dated[0];
  if (!row) throw new Error(`No price row holds for ${model} with ${prompt} tokens.`);
  return row;
}
