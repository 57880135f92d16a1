/**
 * Every limit of the store in one place: what is bounded, by how much, and in which unit.
 */

/** The longest that a vendor's wish to wait is granted; then it is tried all the same. */
export const retryAfterMaxMs = 15 * 60_000;
/** How often one message may be put off at a channel's wish before that counts as a failed attempt. */
export const deliveryWaitsMax = 40;
/** Attempts of an agent run that fail before the run is given up. Attempts cut short by a crash do not count. */
export const runAttemptsMax = 3;
/** How long one attempt of an agent run may take. */
export const runLimitMs = 120_000;
/** Attempts to deliver one message; the queue waits longer after each, hours in all. */
export const deliverAttemptsMax = 14;
/** How long a channel may take to send one message. */
export const deliverLimitMs = 20_000;
/** Attempts the queue itself makes for a run; far above `runAttemptsMax`, as crashes count here. */
export const runJobAttemptsMax = 1_000;

/** Enrollments stepped in one transaction of a sweep. */
export const sweepBatchMax = 100;
/** Batches in one sweep; what is left is for the next. */
export const sweepBatchesMax = 50;
/** The pause between two sweeps. */
export const sweepIntervalMs = 1_000;
/** Failures of one enrollment in the sweep before it waits for an operator. */
export const failuresMax = 8;
/** The first pause after a failure; it doubles each time. */
export const backoffFirstMs = 10_000;
export const backoffMaxMs = 60 * 60_000;

/** Jobs done at once by one worker. */
export const jobsAtOnce = 4;
/** Connections of one worker's queue. */
export const workerConnectionsMax = 6;
/** How often a queue looks for jobs that nobody told it of. */
export const queuePollMs = 2_000;
/** The pause before a queue that lost its database is opened again. */
export const queueAgainMs = 1_000;
/** How long connecting may take for a sign of life, and the pause before it is tried again. */
export const lifeConnectLimitMs = 10_000;
export const lifeAgainMs = 500;
/** How often a worker looks for jobs left by dead workers and for jobs given up. */
export const tidyIntervalMs = 5_000;
/** What is in hand when a worker stops may take this long; then it is cut short and done again later. */
export const stopLimitMs = 500;

/** Due moments worked off in one move of the development clock. */
export const dueMomentsMax = 20_000;
/** How long the jobs of one moment may take while the clock is moved. */
export const drainLimitMs = 180_000;

/** Longest message of a person, in characters. */
export const messageLengthMax = 4_000;
/** Longest id from outside, in characters. */
export const idLengthMax = 200;
/** Most rows or messages given in one answer. */
export const pageMax = 1_000;
/** Messages kept for somebody who waits for access, that reach the program once they are let in. */
export const waitingMessagesMax = 20;
/** Longest problem kept, in characters. */
export const problemLengthMax = 500;
