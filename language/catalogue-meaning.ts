/**
 * The part of the catalogue about people, lists, tracks, bands, windows, calendars and fragments.
 *
 * Belongs to `catalogue.ts`, which says what a code is; it stands here because there are many.
 */
export const meanings = {
  // Meaning: people and services
  'unknown-actor': {
    severity: 'error',
    message: 'There is no role or service `{name}`.',
    hint: 'Declare a role, `roles {name}`, or a service, `services {name}`.',
  },
  'unknown-recipient': {
    severity: 'error',
    message: 'There is nobody called `{name}` to tell.',
    hint: 'Declare a role: `roles {name}`.',
  },
  'unknown-service': {
    severity: 'error',
    message: 'There is no service `{name}`.',
    hint: 'Declare it: `services {name}`.',
  },
  'unknown-document': {
    severity: 'error',
    message: 'The program never sends a document `{name}`.',
    hint: 'Send it: `send {name} to … "…"`.',
  },
  'needs-role': {
    severity: 'error',
    message: 'Only a role can {verb}, and `{name}` is not a role.',
    hint: 'Declare it: `roles {name}`.',
  },
  'not-for-role': {
    severity: 'error',
    message: '`{who}` may not {verb} `{name}`.',
    hint: 'If it may, say so where `{name}` is declared: `{who} may {verb}`.',
  },
  'nothing-to-do': {
    severity: 'error',
    message: 'The program never has a {what} for `{who}`.',
    hint: 'Name the role it has one for.',
  },
  'ladder-rung': {
    severity: 'error',
    message: 'The rungs of a ladder are roles, but `{name}` is {kind}.',
    hint: 'Name the role that is told: `then operator`.',
  },
  'ladder-stops': {
    severity: 'error',
    message: 'The ladder never gets past `{name}`: it does not say how long to wait there.',
    hint: 'Say how long: `{name} for 4h then …`.',
  },
  'ladder-end': {
    severity: 'warning',
    message: 'Nobody comes after `{name}`, so there is nothing to wait for.',
    hint: 'Leave the time out, or say who is told next.',
  },

  // Meaning: parameters and fields
  'sets-parameter': {
    severity: 'error',
    message: '`{name}` is a parameter: the program can read it, but not change it.',
    hint: 'Move it to `data` if the program should change it.',
  },
  'cannot-clear': {
    severity: 'error',
    message: '`{name}` is never missing, so it cannot be cleared.',
    hint: 'Set it to another value: `set {name} = …`. If it may be missing, write `?` after its type.',
  },
  'unused-shared': {
    severity: 'warning',
    message:
      'Nothing in this program asks about the shared `{name}`, so an entry for the whole cohort changes nothing.',
    hint: 'Do something when it comes, `on {name} { … }`, or ask about it, `count({name})`.',
  },
  'shared-by-one': {
    severity: 'warning',
    message: 'This records `{name}` for one person only, though it is shared.',
    hint: 'Use a series that is not shared: what is shared is recorded from outside, for the whole cohort.',
  },
  'cohort-field': {
    severity: 'error',
    message: '`{name}` cannot say who belongs together: {problem}.',
    hint: 'Name a field of `data`, or a parameter for each person, that is a text, a choice, a number or a date.',
  },
  'cohort-by-agent': {
    severity: 'warning',
    message: 'The agent may set `{name}`, so people could talk themselves into another cohort and read what is for it.',
    hint: 'Let somebody else say where people belong: `{role} may set`.',
  },
  'told-by-each': {
    severity: 'warning',
    message: 'This happens to everybody in the cohort at once, so each of them would tell it to all the others.',
    hint: 'Say it to each: `say "…"`. Or let a condition choose who tells the others.',
  },
  'only-cohort-tells': {
    severity: 'error',
    message: '`{who}` cannot tell the person anything in a story: people hear what the program says.',
    hint: 'Let them record or set something, and expect what the program says then. What others of a cohort tell is written `cohort tells "…"`.',
  },
  'unused-cohort': {
    severity: 'warning',
    message: 'Who belongs together changes nothing: no series is shared, and nothing is told to the cohort.',
    hint: 'Leave the line out, mark a series as `shared`, or write to the others: `tell cohort "…"`.',
  },
  'argument-shadows': {
    severity: 'error',
    message: '`{name}` is already the name of {kind}.',
    hint: 'Choose another name for what follows the command: `as new_{name}`.',
  },

  // Meaning: lists, tracks and bands
  'unknown-list': {
    severity: 'error',
    message: 'There is no list `{name}`.',
    hint: 'Declare it: `list {name} { … }`.',
  },
  'unknown-track': {
    severity: 'error',
    message: 'There is no track `{name}`.',
    hint: 'Declare it: `track {name} { … }`.',
  },
  'list-key': {
    severity: 'error',
    message: 'The items of `{list}` are told apart by `{key}`, {problem}.',
    hint: '{remedy}',
  },
  'duplicate-item': {
    severity: 'error',
    message: 'The list `{list}` starts with {name} twice.',
    hint: 'Remove one of them, or give it another name.',
  },
  'bands-gap': {
    severity: 'error',
    message: 'No row of `{bands}` fits {value}.',
    hint: 'Add a row for it, or end with `otherwise : …`.',
  },
  'bands-overlap': {
    severity: 'error',
    message: 'Two rows of `{bands}` fit {value}.',
    hint: '{remedy}',
  },
  'unreachable-row': {
    severity: 'error',
    message: 'No value gets as far as this row.',
    hint: 'Put the row `otherwise` after all the others.',
  },

  // Meaning: windows and calendars
  'unknown-window': {
    severity: 'error',
    message: 'There is no window `{name}`.',
    hint: 'Declare it: `window {name} = … to …`.',
  },
  'window-backwards': {
    severity: 'error',
    message: '{what}.',
    hint: 'Write the earlier one first.',
  },
  'unknown-calendar': {
    severity: 'error',
    message: 'There are no holidays called `{name}`.',
    hint: 'Declare them: `holidays {name} { 2026-12-25 "Christmas Day" }`.',
  },
  'which-calendar': {
    severity: 'error',
    message: 'Business days of which calendar? There are {calendars}.',
    hint: 'Say which: `{example}`.',
  },
  'holiday-twice': {
    severity: 'warning',
    message: '{date} is among the holidays of `{name}` twice.',
    hint: 'Remove one of them.',
  },
  'no-business-day': {
    severity: 'error',
    message: 'With every day of the week as a weekend, `{name}` has no business days.',
    hint: 'Name only the days that are off: `weekend fri, sat`.',
  },

  // Meaning: versions, files and fragments
  'migrate-unknown': {
    severity: 'error',
    message: 'This program has no {what} `{name}`.',
    hint: 'After `becomes` and `set`, write a name of this version. The old name comes before `becomes`.',
  },
  'migrate-still-there': {
    severity: 'warning',
    message: 'The {what} `{name}` is still part of the program.',
    hint: 'What `migrate` renames or drops is no longer in the program. Remove this line, or take the {what} out.',
  },
  'unknown-file': {
    severity: 'error',
    message: 'There is no file “{path}” here.',
    hint: 'Write where it is, seen from this file: `from "./shared.regimen"`.',
  },
  'imported-mistake': {
    severity: 'error',
    message: '“{path}”, which is imported here, has a mistake in line {line}: {message}',
    hint: 'Mend that file first.',
  },
  'import-cycle': {
    severity: 'error',
    message: 'These files import each other: {path}.',
    hint: 'Move what they share into a third file.',
  },
  'keeps-entries': {
    severity: 'error',
    message: '`{name}` is a {what}, and only fields of `data` are kept.',
    hint: 'Set a field to what matters of it before they go, and keep that field.',
  },
  'unknown-fragment': {
    severity: 'error',
    message: '{where} has no fragment `{name}`.',
    hint: 'Write it, `fragment {name} { … }`, or import it: `import {name} from "./shared.regimen"`.',
  },
  'fragment-cycle': {
    severity: 'error',
    message: 'The fragment `{name}` would be put into itself.',
    hint: 'Take the `use` out of it.',
  },
  'too-many-uses': {
    severity: 'error',
    message: 'The fragments used here come to more than {most} lines.',
    hint: 'Look for a fragment that uses another one many times.',
  },
  'unused-fragment': {
    severity: 'warning',
    message: 'Nothing uses the fragment `{name}`.',
    hint: 'Use it somewhere, `use {name}`, or remove it.',
  },
  'unused-import': {
    severity: 'warning',
    message: '`{name}` is imported, but nothing uses it.',
    hint: 'Use it somewhere, `use {name}`, or take it out of the import.',
  },
} as const satisfies Record<string, { severity: 'error' | 'warning'; message: string; hint?: string }>;
