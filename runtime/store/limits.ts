/**
 * Every limit of the store in one place: what is bounded, by how much, and in which unit.
 */

/** The longest that a vendor's wish to wait is granted; then it is tried all the same. */
export const retryAfterMaxMs = 15 * 60_000;
/** How often one message may be put off at a channel's wish before that counts as a failed attempt. */
export const deliveryWaitsMax = 40;
/** Attempts of an agent run that fail before the run is given up. Attempts cut short by a crash do not count. */
export const runAttemptsMax = 3;
/** The same where the agent was not to be had and nothing was spent: an hour in all. The longest pause between two. */
export const runAwayAttemptsMax = 18;
export const runAwayPauseMaxMs = 5 * 60_000;
/** A run that a process has begun by itself and that failed is tried again after this; then the queue's pauses count. */
export const answerAgainMs = 2_500;
/** How long one attempt of an agent run may take. */
export const runLimitMs = 120_000;
/**
 * Attempts to deliver one message in which the channel fails; the queue waits longer after each, hours in all.
 * Attempts cut short by a crash or a lost database do not count.
 */
export const deliverAttemptsMax = 14;
/** Messages of one person that are looked at together: the oldest on their way. */
export const openMax = 200;
/** Held messages of one workspace for which jobs are given at a time. */
export const heldAtOnceMax = 1_000;
/** The newest messages with each other program that are looked at for whether a conversation goes on. */
export const recentMax = 20;
/** What waits at least this long the timeline tells of; less is no more than a breath. */
export const heldToldMs = 5 * 60_000;
/** The pause before a person to whom another job sends is looked at again. */
export const senderBusyMs = 500;
/** Longer than any sending takes: a message marked as being sent before that has no sender any more. */
export const senderGoneMs = 60_000;
/** How long it is tried to keep that a message was sent, and the pause between two tries. Well below `senderGoneMs`. */
export const sentMarkMs = 20_000;
export const sentMarkAgainMs = 200;
/** How long a channel may take to send one message. */
export const deliverLimitMs = 20_000;
/** Attempts the queue itself makes for a run or a delivery; far above those that may fail, as crashes count here. */
export const jobAttemptsMax = 1_000;

/** People of a cohort told by one job, or read at once; the next are for the next. */
export const cohortBatchMax = 200;
/** Batches of people who take one shared entry in one call. */
export const cohortPagesMax = 200;
/** The newest shared entries that somebody who comes later is given. */
export const sharedBeforeMax = 500;
/** Attempts to tell one batch of a cohort; the queue waits longer after each, hours in all. */
export const cohortAttemptsMax = 14;

/** Enrollments stepped in one transaction of a sweep: more are faster by little, and a worker would be larger. */
export const sweepBatchMax = 400;
/** Batches in one sweep; what is left is for the next. */
export const sweepBatchesMax = 50;
/** Batches that one sweep job does before another workspace has its turn. */
export const sweepTurnBatches = 8;
/** Sweeps of one workspace that may be in hand at once, over all workers. */
export const sweepsPerWorkspaceMax = 4;
/** Workspaces that one look at who is due gives a sweep. */
export const dispatchMax = 1_000;
/** How long steps may hold the process before it looks at other things. */
export const stepSliceMs = 20;
/** The pause between two looks at who is due. */
export const sweepIntervalMs = 1_000;
/** Attempts the queue itself makes for a sweep; only crashes count here. */
export const sweepJobAttemptsMax = 10_000;
/** Failures told in the record of one sweep, and in the log for one batch. */
export const failedToldMax = 50;
export const failedLoggedMax = 5;
/** Failures of one enrollment in the sweep before it waits for an operator. */
export const failuresMax = 8;
/** The first pause after a failure; it doubles each time. */
export const backoffFirstMs = 10_000;
export const backoffMaxMs = 60 * 60_000;
/**
 * Agent runs of one workspace that time may have set going and that are not done. Whose step would start one
 * more stays due and is stepped once there is room. Answers to people are not counted against it.
 */
export const runsInHandMax = 200;
/** Runs whose job is missing that are given one again at a time. */
export const runsMissedMax = 500;

/** Agent runs, deliveries, and changes in the database alone (sweeps and the like) that one worker does at once. */
export const runsAtOnce = 6;
export const deliveriesAtOnce = 4;
export const changesAtOnce = 3;
/** Beside these, what a worker answers by itself of what its process has just heard. */
export const answersAtOnce = 6;
/** Connections of one worker's queue: each of its three pools listens on one, the others are for a moment each. */
export const workerConnectionsMax = 8;
/** Questions for a job that fail in a row, for each of a queue's places, before it is opened anew. */
export const unansweredMax = 3;
/** How often a queue looks for jobs that nobody told it of. */
export const queuePollMs = 2_000;
/** The pause before a queue that lost its database is opened again. */
export const queueAgainMs = 1_000;
/** How long a queue that lost its database may take to end, beyond what is in hand; then others take over its jobs. */
export const endingMs = 5_000;
/** How long connecting may take for a sign of life, and the pause before it is tried again. */
export const lifeConnectLimitMs = 10_000;
export const lifeAgainMs = 500;
/**
 * A worker whose machine has fallen off the network is taken for dead when so many questions of the database had no
 * answer.
 */
export const lifeAskedEverySeconds = 5;
export const lifeAskedTimes = 3;
/**
 * A worker says that it lives so often; one that has said nothing for longer stands still, and is taken for dead, too.
 */
export const lifeShownEveryMs = 5_000;
export const lifeSilentMaxMs = 20_000;
/** A transaction whose process asks nothing for this long is undone: what it has locked, people wait for. */
export const transactionSilentMaxMs = 30_000;
/** How often a worker looks for jobs left by dead workers and for jobs given up. */
export const tidyIntervalMs = 5_000;
/** How often a worker looks for messages whose job is missing, and how many are given one again at a time. */
export const unsentIntervalMs = 5 * 60_000;
export const unsentAtOnceMax = 1_000;
/** Jobs that were tried often enough that one look gives up. */
export const givenUpAtOnce = 100;
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
