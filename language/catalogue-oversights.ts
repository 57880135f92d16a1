/**
 * The part of the catalogue about what an author easily overlooks: what comes too late, a value left out,
 * a field that nobody sets, a line that changes nothing.
 *
 * Belongs to `catalogue.ts`, which says what a code is.
 */
export const oversightWords = {
  // Meaning: what nobody is there for
  'too-late': {
    severity: 'warning',
    message: '{what} never comes: by then nobody is in this stage any more.',
    hint: 'Let it come earlier, or let people stay longer.',
  },
  'passed-already': {
    severity: 'warning',
    message: 'This never happens: the moment has passed whenever somebody enters `{stage}`.',
    hint: 'Write it in the stage where people are at that moment, or choose a later one.',
  },
  'else-without-within': {
    severity: 'warning',
    message: 'This is never done: nothing says how long to wait for {awaited}.',
    hint: 'Say how long, before the `else`: `within 2 days else …`.',
  },
  'value-left-out': {
    severity: 'warning',
    message: 'Where {what} is {value}, none of these lines is taken.',
    hint: 'Let one of them begin where the other ends.',
  },

  'never-reached': {
    severity: 'warning',
    message: 'This moment is never reached: it moves on with `{name}`.',
    hint: 'Count from a moment that stays, such as `day of entered + 30 days`, or move people with `after 30 days`.',
  },
  'asks-the-old': {
    severity: 'warning',
    message: 'This asks about `{name}` as it was when these braces began, not as they have made it.',
    hint: 'Put the condition into a rule of the stage, which is looked at once these braces are done: `when … { … }`. Or ask about what `{name}` will be.',
  },

  'unknown-item': {
    severity: 'warning',
    message: 'Nothing adds an item {name} to `{list}`.',
    hint: 'Write a name under which one is added.',
  },

  'taken-again': {
    severity: 'warning',
    message: 'Where {witness}, this is taken again and again at one moment, until it does not hold any more.',
    hint: 'Ask about what begins anew with each visit, such as `count(runs, this visit) >= 3` or `7 days since entered`. Or go there in one move.',
  },

  'back-at-once': {
    severity: 'warning',
    message: 'This holds already whenever people are interrupted with `{stage}`, so they go back at once.',
    hint: 'Go back when what interrupted them is over, such as `resume when not injured`.',
  },
  overtaken: {
    severity: 'warning',
    message: 'Nobody can approve this: when it is proposed, another line has moved the person on already.',
    hint: 'Leave the case in which somebody decides out of the other line, or let that one wait, `after 3 days`. What follows a refusal stands behind `refused`.',
  },

  'counts-newest': {
    severity: 'warning',
    message: 'This chooses first and then takes the newest {last}: it is {last} as soon as there ever were as many.',
    hint: 'To ask it of the newest {last}: `count(last {last} of {series}, of those where {where})`.',
  },

  // Meaning: what has no effect
  'never-set': {
    severity: 'warning',
    message: 'Nothing in the program sets `{name}`{else}, and nobody may: it stays {value}.',
    hint: 'Say who may, such as `agent may set`. A value that is given with an enrollment belongs under `parameters`, as `per person`.',
  },
  'sets-itself': {
    severity: 'warning',
    message: 'This sets `{name}` to what it is already.',
    hint: 'Say what it should become, such as `{name} + 1`, or remove it.',
  },
  'adds-twice': {
    severity: 'warning',
    message: 'This adds {item} to `{list}` a second time, and a second one changes nothing.',
    hint: 'Give it another name, or remove it.',
  },
  'used-twice': {
    severity: 'warning',
    message: 'The fragment `{name}` stands here twice, and the second changes nothing.',
    hint: 'Remove one of them.',
  },

  // Meaning: what cannot be done
  'sets-key': {
    severity: 'error',
    message: 'The items of `{list}` are told apart by `{name}`, so it never changes.',
    hint: 'Keep what may change in another field.',
  },
  'key-may-be-missing': {
    severity: 'error',
    message: 'Entries of `{series}` are told apart by `{name}`, which may be missing.',
    hint: 'Take the `?` away: an entry without it could be counted twice.',
  },
} as const satisfies Record<string, { severity: 'error' | 'warning'; message: string; hint?: string }>;
