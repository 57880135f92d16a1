/**
 * The grammar of types and fields, and of the small lists that rules, programs and scenarios share:
 * assignments, entries, weekdays.
 *
 * Builds on `grammar-expressions.ts`; `grammar-values.ts` is the next layer.
 */
import type { TokenType } from 'chevrotain';
import { ExpressionGrammar } from './grammar-expressions.ts';
import * as t from './tokens.ts';

const k = t.keyword;

const choiceSigns: TokenType[] = [t.Pipe, t.Comma, t.Slash, k.or];

/** What a value of a plain series can begin with. */
const plainValues: TokenType[] = [t.NumberToken, t.Duration, t.Text, t.Time, t.DateToken, t.Minus, k.yes, k.no];

/** What else a value that a program records may begin with: `record comments words`, `record weights (a + b)`. */
const namedValues = new Set<TokenType>([t.Word, t.LeftParen, k.last, k.today, k.now]);

/** For `recorded`: the value may be an expression. In a scenario a name after a name is more likely a slip. */
export const ofNamedValue = { ARGS: [true] as [boolean] };

/** The types of other languages, and what Regimen calls them. */
export const foreignTypes = new Map([
  ['boolean', 'yes/no'],
  ['bool', 'yes/no'],
  ['string', 'text'],
  ['integer', 'number'],
  ['int', 'number'],
  ['float', 'number'],
  ['decimal', 'number'],
  ['datetime', 'moment'],
  ['timestamp', 'moment'],
  ['instant', 'moment'],
  ['timespan', 'duration'],
  ['interval', 'duration'],
]);

const assigning = new Set<TokenType>([t.Equals, t.Colon, k.to]);

export class TypeGrammar extends ExpressionGrammar {
  /** Words of a field's type that read better as the type than as a choice's only option. */
  private static readonly typeWords = new Set<TokenType>([
    k.number,
    k.text,
    k.date,
    k.time,
    k.moment,
    k.duration,
    k.role,
    k.series,
  ]);
  // ------------------------------------------------------------ types

  type = this.RULE('type', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.numberType) },
      { ALT: () => this.CONSUME(k.text) },
      { ALT: () => this.CONSUME(t.YesNo) },
      // `yes or no`, `boolean`: read as what is meant; `build-types.ts` reports them.
      {
        ALT: () => {
          this.CONSUME(k.yes);
          this.CONSUME(k.or);
          this.CONSUME(k.no);
        },
      },
      { GATE: () => foreignTypes.has(this.LA(1).image), ALT: () => this.CONSUME(t.Word) },
      { ALT: () => this.CONSUME(k.date) },
      { ALT: () => this.CONSUME(k.time) },
      { ALT: () => this.CONSUME(k.moment) },
      { ALT: () => this.CONSUME(k.duration) },
      { ALT: () => this.CONSUME(k.role) },
      {
        ALT: () => {
          this.CONSUME(k.series);
          this.OPTION(() => {
            this.CONSUME(k.of);
          });
          this.SUBRULE(this.type);
        },
      },
      { ALT: () => this.SUBRULE(this.parenthesizedType) },
      { ALT: () => this.SUBRULE(this.recordType) },
    ]);
  });

  numberType = this.RULE('numberType', () => {
    this.CONSUME(k.number);
    this.OPTION({
      GATE: () => this.sameLine() && this.LA(2).tokenType !== t.Colon && !this.mayFollows(1),
      DEF: () => this.SUBRULE(this.unit),
    });
    this.OPTION3(() => {
      this.CONSUME(k.from);
    });
    this.OPTION2({
      GATE: () => this.sameLine(),
      DEF: () => {
        this.SUBRULE(this.bound);
        this.SUBRULE(this.rangeSign);
        this.SUBRULE2(this.bound);
        this.OPTION4({ GATE: () => this.unitFollows(), DEF: () => this.SUBRULE2(this.unit) });
      },
    });
  });

  bound = this.RULE('bound', () => {
    this.OPTION(() => {
      this.CONSUME(t.Minus);
    });
    // `1 to 600 min`: the number and its unit look like a length of time.
    this.OR([{ ALT: () => this.CONSUME(t.NumberToken) }, { ALT: () => this.CONSUME(t.Duration) }]);
  });

  /** `1 to 9`; `1-9` is read too, and reported. */
  rangeSign = this.RULE('rangeSign', () => {
    this.OR([{ ALT: () => this.CONSUME(k.to) }, { ALT: () => this.CONSUME(t.Minus) }]);
  });

  parenthesizedType = this.RULE('parenthesizedType', () => {
    this.CONSUME(t.LeftParen);
    this.OR({
      DEF: [
        {
          GATE: () => !choiceSigns.includes(this.LA(2).tokenType) && TypeGrammar.typeWords.has(this.LA(1).tokenType),
          ALT: () => this.SUBRULE(this.type),
        },
        { ALT: () => this.SUBRULE(this.choice) },
        { ALT: () => this.SUBRULE2(this.type) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
    this.CONSUME(t.RightParen);
  });

  choice = this.RULE('choice', () => {
    this.SUBRULE(this.choiceOption);
    this.MANY(() => {
      this.SUBRULE(this.choiceSign);
      this.SUBRULE2(this.choiceOption);
    });
  });

  /** `|`; other signs are read too, and reported. */
  choiceSign = this.RULE('choiceSign', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Pipe) },
      { ALT: () => this.CONSUME(t.Comma) },
      { ALT: () => this.CONSUME(t.Slash) },
      { ALT: () => this.CONSUME(k.or) },
    ]);
  });

  choiceOption = this.RULE('choiceOption', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Name) },
      { ALT: () => this.CONSUME(k.yes) },
      { ALT: () => this.CONSUME(k.no) },
    ]);
  });

  recordType = this.RULE('recordType', () => {
    this.ACTION(() => {
      this.colonEnds = false;
    });
    this.CONSUME(t.LeftBrace);
    this.MANY({
      DEF: () => {
        this.OR({
          DEF: [
            {
              GATE: () => this.LA(2).tokenType === t.Colon,
              ALT: () => this.SUBRULE(this.fieldLine),
            },
            { ALT: () => this.CONSUME(t.Comma) },
            { ALT: () => this.SUBRULE(this.unknown) },
          ],
          MAX_LOOKAHEAD: 1,
          IGNORE_AMBIGUITIES: true,
        });
      },
    });
    this.CONSUME(t.RightBrace);
  });

  /** `week : number 1 to 9 = 1  agent may set`: a line of `data` or a field of a record. */
  fieldLine = this.RULE('fieldLine', () => {
    this.OR([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.SUBRULE(this.reservedName) }]);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.type);
    this.OPTION(() => {
      this.CONSUME(t.Question);
    });
    this.OPTION2(() => {
      this.CONSUME(t.Equals);
      this.SUBRULE(this.expression);
    });
    this.MANY({
      GATE: () => this.markFollows(),
      DEF: () => {
        this.OPTION3(() => {
          this.CONSUME(t.Comma);
        });
        this.SUBRULE(this.mark);
      },
    });
  });

  /** Whether a mark stands ahead, and not the next field (`shared : yes/no`). */
  private markFollows(): boolean {
    const ahead = this.LA(1).tokenType === t.Comma ? 2 : 1;
    const next = this.LA(ahead).tokenType;
    if (next === k.per) return this.LA(ahead + 1).tokenType === k.person;
    if (next === k.once) return this.LA(ahead + 1).tokenType === k.per;
    if (next === k.personal || next === k.shared) return this.LA(ahead + 1).tokenType !== t.Colon;
    return this.mayFollows(ahead);
  }

  /**
   * What follows a field's type and value: `nurse, lead may record`, `personal`, `shared`, `per person`, `once per id`.
   */
  mark = this.RULE('mark', () => {
    this.OR({
      DEF: [
        { GATE: () => this.LA(2).tokenType !== k.may, ALT: () => this.CONSUME(k.personal) },
        { GATE: () => this.LA(2).tokenType !== k.may, ALT: () => this.CONSUME(k.shared) },
        {
          ALT: () => {
            this.CONSUME(k.per);
            this.CONSUME(k.person);
          },
        },
        {
          GATE: () => this.LA(2).tokenType === k.per,
          ALT: () => {
            this.CONSUME(k.once);
            this.CONSUME2(k.per);
            this.CONSUME(t.Name);
          },
        },
        { ALT: () => this.SUBRULE(this.mayMark) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  /** A word that may not be a name, taken as one so that the rest can be read. */
  reservedName = this.RULE('reservedName', () => {
    this.OR(t.reservedWords.map((word) => ({ ALT: () => this.CONSUME(k[word]) })));
  });

  mayMark = this.RULE('mayMark', () => {
    this.SUBRULE(this.names);
    this.CONSUME(k.may);
    this.OR([{ ALT: () => this.CONSUME(k.set) }, { ALT: () => this.CONSUME(k.record) }]);
  });

  // ------------------------------------------------------------ shared parts

  /** `nurse`, `nurse, lead and manager`. */
  names = this.RULE('names', () => {
    this.OR([{ GATE: () => !this.itemBegins(), ALT: () => this.CONSUME(t.Name) }]);
    this.MANY({
      GATE: () => this.listGoesOn(),
      DEF: () => {
        this.SUBRULE(this.listSign);
        this.CONSUME2(t.Name);
      },
    });
  });

  /** `holidays gulf, weekend fri, sat`: the names end before `weekend`. */
  private listGoesOn(): boolean {
    return this.LA(2).tokenType !== k.weekend || !TypeGrammar.is(this.LA(3).tokenType, t.Weekday);
  }

  /** `week = 1, why = "x"`. */
  assignments = this.RULE('assignments', () => {
    this.SUBRULE(this.assignment);
    this.MANY({
      // `with attempt = 2, approved by clinician`: the comma belongs to the next clause.
      GATE: () => assigning.has(this.LA(3).tokenType) || TypeGrammar.is(this.LA(3).tokenType, t.Equals),
      DEF: () => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.assignment);
      },
    });
  });

  assignment = this.RULE('assignment', () => {
    this.CONSUME(t.Name);
    this.OR([
      { ALT: () => this.CONSUME(t.Equals) },
      // `set week: 1`, `set week to 1`: read as what is meant, and reported.
      { ALT: () => this.CONSUME(t.Colon) },
      { ALT: () => this.CONSUME(k.to) },
    ]);
    this.SUBRULE(this.expression);
  });

  /** `{ minutes: 28, completed: yes }`. */
  entry = this.RULE('entry', () => {
    this.ACTION(() => {
      this.colonEnds = false;
    });
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.OR([{ ALT: () => this.SUBRULE(this.entryField) }, { ALT: () => this.CONSUME(t.Comma) }]);
    });
    this.CONSUME(t.RightBrace);
  });

  entryField = this.RULE('entryField', () => {
    this.OR2([
      { ALT: () => this.CONSUME(t.Name) },
      { GATE: () => this.LA(2).tokenType === t.Colon, ALT: () => this.SUBRULE(this.reservedName) },
    ]);
    this.OR([{ ALT: () => this.CONSUME(t.Colon) }, { ALT: () => this.CONSUME(t.Equals) }]);
    this.SUBRULE(this.expression);
  });

  /** What is recorded: an entry in braces, or the value of a plain series as it is: `weights 82 kg`. */
  recorded = this.RULE('recorded', (named = false) => {
    this.CONSUME(t.Name);
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.entry) },
        {
          GATE: () => this.plainValueFollows() || (named && this.namedValueFollows()),
          ALT: () => this.SUBRULE(this.expression),
        },
        { ALT: () => this.SUBRULE2(this.entry) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  /** Whether a plain value stands `ahead`, on the line of the name before it. */
  protected plainValueFollows(ahead = 1): boolean {
    const next = this.LA(ahead);
    const before = this.LA(ahead - 1);
    return next.startLine === before.startLine && plainValues.some((type) => TypeGrammar.is(next.tokenType, type));
  }

  private namedValueFollows(): boolean {
    const next = this.LA(1);
    return next.startLine === this.LA(0).startLine && namedValues.has(next.tokenType);
  }

  /** `mon, wed, fri`, `mon, wed and fri`. */
  days = this.RULE('days', () => {
    this.CONSUME(t.Weekday);
    this.MANY({
      GATE: () => this.LA(2).tokenType === t.Weekday || this.LA(3).tokenType === t.Weekday,
      DEF: () => {
        this.SUBRULE(this.listSign);
        this.CONSUME2(t.Weekday);
      },
    });
  });

  /** Between the parts of a list: `,`, `and`, `, and`. */
  listSign = this.RULE('listSign', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Comma);
          this.OPTION(() => {
            this.CONSUME(k.and);
          });
        },
      },
      { ALT: () => this.CONSUME2(k.and) },
    ]);
  });
}
