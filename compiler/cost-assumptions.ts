/**
 * What an estimate of cost takes for granted: about people, about prompts, about prices.
 *
 * A program's text does not say how much a person writes or what a model costs. These numbers do;
 * whoever knows better hands in their own. They are shown with every estimate.
 */

/** A usual person and a busy one. The worst of an estimate holds for nobody who does more than the busy one. */
export type CostAssumptions = {
  /** Messages and answers of the person in a day. */
  messagesPerDay: Pair;
  /** Entries, decisions and settings in a day that come from anybody but the program: also from roles and services. */
  eventsPerDay: Pair;
  /** Things in each list at one time. */
  itemsPerList: Pair;
  /** Further runs that come of what one run writes (a field it sets lets a rule speak with a skill). */
  runsAfterRun: Pair;
  /** Requests to the model in one agent run. */
  callsPerRun: Pair;
  /** Tokens of one request: everything the model reads, and what it writes. */
  tokensIn: Pair;
  tokensOut: Pair;
  /** US dollars per million tokens: of the small model (reviews and nudges) and of the one that answers. */
  routine: Price;
  answering: Price;
};

/** Days in a month: a usual one, and the longest. */
export const monthDays: Pair = { typical: 30.4, worst: 31 };

export type Pair = { typical: number; worst: number };
export type Price = { model: string; input: number; output: number };

/**
 * A run is at most six requests, and a prompt is bounded by the tier of the small model's price.
 * Prices are those of the models that Regimen uses unless it is told otherwise; cached prompts cost less.
 */
export const usualAssumptions: CostAssumptions = {
  messagesPerDay: { typical: 0.5, worst: 10 },
  eventsPerDay: { typical: 1, worst: 10 },
  itemsPerList: { typical: 5, worst: 20 },
  runsAfterRun: { typical: 0, worst: 1 },
  callsPerRun: { typical: 1.5, worst: 6 },
  tokensIn: { typical: 3_000, worst: 20_000 },
  tokensOut: { typical: 150, worst: 2_048 },
  routine: { model: 'claude-haiku-5-5', input: 0.1, output: 0.5 },
  answering: { model: 'claude-sonnet-5-5', input: 2, output: 10 },
};
