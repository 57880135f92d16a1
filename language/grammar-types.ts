/**
 * The grammar of types and fields, and of the small lists that rules, programs and scenarios share:
 * assignments, entries, weekdays.
 *
 * Builds on `grammar-expressions.ts`; `grammar-rules.ts` is the next layer.
 */
import type { TokenType } from 'chevrotain';
import { ExpressionGrammar } from './grammar-expressions.ts';
import * as t from './tokens.ts';

const k = t.keyword;

export class TypeGrammar extends ExpressionGrammar {
  /** Words of a field's type that read better as the type than as a choice's only option. */
  private static readonly typeWords = new Set<TokenType>([k.number, k.text, k.date, k.time, k.series]);
  // ------------------------------------------------------------ types

  type = this.RULE('type', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.numberType) },
      { ALT: () => this.CONSUME(k.text) },
      { ALT: () => this.CONSUME(t.YesNo) },
      { ALT: () => this.CONSUME(k.date) },
      { ALT: () => this.CONSUME(k.time) },
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
      GATE: () => this.sameLine() && this.LA(2).tokenType !== t.Colon,
      DEF: () => this.SUBRULE(this.unit),
    });
    this.OPTION2({
      GATE: () => this.sameLine(),
      DEF: () => {
        this.SUBRULE(this.bound);
        this.CONSUME(k.to);
        this.SUBRULE2(this.bound);
      },
    });
  });

  bound = this.RULE('bound', () => {
    this.OPTION(() => {
      this.CONSUME(t.Minus);
    });
    this.CONSUME(t.NumberToken);
  });

  parenthesizedType = this.RULE('parenthesizedType', () => {
    this.CONSUME(t.LeftParen);
    this.OR({
      DEF: [
        {
          GATE: () => this.LA(2).tokenType !== t.Pipe && TypeGrammar.typeWords.has(this.LA(1).tokenType),
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
      this.CONSUME(t.Pipe);
      this.SUBRULE2(this.choiceOption);
    });
  });

  choiceOption = this.RULE('choiceOption', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Name) },
      { ALT: () => this.CONSUME(k.yes) },
      { ALT: () => this.CONSUME(k.no) },
    ]);
  });

  recordType = this.RULE('recordType', () => {
    this.CONSUME(t.LeftBrace);
    this.MANY({
      DEF: () => {
        this.OR({
          DEF: [
            {
              GATE: () => this.LA(2).tokenType === t.Colon,
              ALT: () => this.SUBRULE(this.field),
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
  field = this.RULE('field', () => {
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
    this.OPTION3({
      GATE: () => this.LA(2).tokenType === k.may,
      DEF: () => this.SUBRULE(this.agentMay),
    });
  });

  /** A word that may not be a name, taken as one so that the rest can be read. */
  reservedName = this.RULE('reservedName', () => {
    this.OR(t.reservedWords.map((word) => ({ ALT: () => this.CONSUME(k[word]) })));
  });

  agentMay = this.RULE('agentMay', () => {
    this.CONSUME(k.agent);
    this.CONSUME(k.may);
    this.OR([{ ALT: () => this.CONSUME(k.set) }, { ALT: () => this.CONSUME(k.record) }]);
  });

  // ------------------------------------------------------------ shared parts

  /** `week = 1, why = "x"`. */
  assignments = this.RULE('assignments', () => {
    this.SUBRULE(this.assignment);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.assignment);
    });
  });

  assignment = this.RULE('assignment', () => {
    this.CONSUME(t.Name);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  /** `{ minutes: 28, completed: yes }`. */
  entry = this.RULE('entry', () => {
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.OR([{ ALT: () => this.SUBRULE(this.entryField) }, { ALT: () => this.CONSUME(t.Comma) }]);
    });
    this.CONSUME(t.RightBrace);
  });

  entryField = this.RULE('entryField', () => {
    this.CONSUME(t.Name);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.expression);
  });

  /** `mon, wed, fri`. */
  days = this.RULE('days', () => {
    this.CONSUME(t.Weekday);
    this.MANY({
      GATE: () => this.LA(2).tokenType === t.Weekday,
      DEF: () => {
        this.CONSUME(t.Comma);
        this.CONSUME2(t.Weekday);
      },
    });
  });
}
