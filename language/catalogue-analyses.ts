/**
 * The part of the catalogue about what the whole of a program shows: lines in each other's way, load,
 * cost, and ways around what is protected.
 *
 * Belongs to `catalogue.ts`, which says what a code is.
 */
export const analysisWords = {
  // Meaning: lines in each other's way
  'never-taken': {
    severity: 'warning',
    message: 'This {what} is never taken{given}: whenever it could be, an earlier one is taken first.',
    hint: 'Put this one first, or add to the condition of the earlier one.',
  },
  'both-hold': {
    severity: 'warning',
    message: 'This and an earlier line can both be true at once: {witness}.',
    hint: 'Change one of the conditions so that they exclude each other.',
  },
  'same-moment': {
    severity: 'warning',
    message: '{when}, two lines move the person, and only the first counts.',
    hint: 'Give them different times, or remove the one that never counts.',
  },

  // Meaning: load
  'too-many-messages': {
    severity: 'warning',
    message: 'In `{stage}` {what} can come due in one {period}, but `{said}` lets through {cap}.',
    hint: 'The others wait and pile up. Send fewer, or allow more in `messages at most`.',
  },
  'always-quiet': {
    severity: 'warning',
    message: '{what} into the quiet hours, so what it says waits until {until}.',
    hint: 'Choose a time outside {from} to {until}.',
  },
  'answer-by-night': {
    severity: 'warning',
    message: 'Asked at {at}, this is open for {within}, and all but {awake} of that are quiet hours.',
    hint: 'Ask earlier, or leave more time: `within 12h`.',
  },
  'over-budget': {
    severity: 'error',
    message: 'A usual month costs about {cost} for each person, more than the budget of {budget}.',
    hint: 'Let the agent look less often in {stage}, or raise the budget. `regimen cost` shows what costs what.',
  },

  // Meaning: trust
  unprotected: {
    severity: 'error',
    message: 'The agent alone could bring people into the protected `{stage}`: {way}.',
    hint: 'Let somebody decide, with `, approved by {role}` at the end of the line, or ask for something that the agent may not set.',
  },
  'personal-leak': {
    severity: 'error',
    message: '`{field}` is personal and would reach {where}{path}.',
    hint: 'Leave it out, or tell one role: `tell {role} "…"`.',
  },
  'skill-oversteps': {
    severity: 'warning',
    message: 'The skill `{skill}` tells the agent to {verb} `{name}` (line {line}), but {problem}.',
    hint: '{remedy}',
  },
} as const satisfies Record<string, { severity: 'error' | 'warning'; message: string; hint?: string }>;
