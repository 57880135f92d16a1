/** What a source text may hold, at most. Beyond each limit stands a diagnostic, never a crash. */
export const limits = {
  /** UTF-16 code units in one file: 10 MB. */
  textLength: 10_000_000,
  /** Brackets, braces and words that stand inside each other: the parser calls itself for each. */
  nesting: 100,
  /** Levels of one expression, and `else when` in a row: read one after the other, and built into each other. */
  levels: 200,
  /** Texts inside the holes of texts inside the holes of texts. */
  textNesting: 8,
  /** UTF-16 code units of one text; keeps the search for a hole's end short. */
  textLiteralLength: 10_000,
  /** Tokens looked at ahead to tell a transition's `when` from a rule's. */
  whenLookahead: 500,
  /** Names looked at ahead to tell `nurse, lead may record` from a unit. */
  namesBeforeMay: 12,
  /** Tokens looked at ahead for the colon of a row of bands. */
  bandLookahead: 200,
  /** Syntax errors after which the rest of a file is not read: each takes time to recover from. */
  syntaxErrors: 200,
  /** Extra closing braces looked for; a file with more is not worth guessing at. */
  extraBraces: 20,
  /** Diagnostics about reading given for one file; the rest are counted. */
  diagnostics: 100,
  /** Diagnostics of all kinds given for one file with mistakes. */
  meaningDiagnostics: 1000,
} as const;
