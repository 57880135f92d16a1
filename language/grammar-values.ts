/**
 * The grammar of named values: `let`, tables, bands and windows.
 *
 * Builds on `grammar-types.ts`; `grammar-actions.ts` is the next layer. Whether bands have gaps and
 * tables all their cells is left to the compiler.
 */
import type { TokenType } from 'chevrotain';
import { toTheLineEnd } from './grammar-expressions.ts';
import { TypeGrammar } from './grammar-types.ts';
import { limits } from './limits.ts';
import * as t from './tokens.ts';

const k = t.keyword;

const endsBound = new Set<TokenType>([t.Colon, k.to]);

export class ValueGrammar extends TypeGrammar {
  letItem = this.RULE('letItem', () => {
    this.CONSUME(k.let);
    this.OR([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.SUBRULE(this.reservedName) }]);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  /** `window second = v1 + 19 days to v1 + 23 days`. */
  windowItem = this.RULE('windowItem', () => {
    this.CONSUME(k.window);
    this.CONSUME(t.Name);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
    this.CONSUME(k.to);
    this.SUBRULE2(this.expression);
  });

  /** `use quiet_nights`. */
  useItem = this.RULE('useItem', () => {
    this.CONSUME(k.use);
    this.SUBRULE(this.names);
  });

  // ------------------------------------------------------------ tables

  tableDeclaration = this.RULE('tableDeclaration', () => {
    this.CONSUME(k.table);
    this.CONSUME(t.Name);
    this.CONSUME(k.by);
    this.SUBRULE(this.names);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.SUBRULE(this.cell);
    });
    this.CONSUME(t.RightBrace);
  });

  /** Cells stand side by side without commas, so each is a single value. */
  cell = this.RULE('cell', () => {
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.OPTION(() => {
              this.OR2([{ ALT: () => this.CONSUME(t.Minus) }, { ALT: () => this.CONSUME(t.Plus) }]);
            });
            this.SUBRULE(this.numberWithUnit);
          },
        },
        { ALT: () => this.CONSUME(t.Text) },
        { ALT: () => this.SUBRULE(this.writtenLength) },
        { ALT: () => this.CONSUME(t.Time) },
        { ALT: () => this.CONSUME(t.DateToken) },
        { ALT: () => this.CONSUME(k.yes) },
        { ALT: () => this.CONSUME(k.no) },
        { ALT: () => this.CONSUME(t.Name) },
        { ALT: () => this.CONSUME(t.Comma) },
        { ALT: () => this.SUBRULE(this.unknown) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  // ------------------------------------------------------------ bands

  /** `bands change by recent { at least 180 : +4 units … }`. */
  bandsItem = this.RULE('bandsItem', () => {
    this.CONSUME(k.bands);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(k.by);
      this.SUBRULE(this.expression);
    });
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.OR({
        DEF: [
          { ALT: () => this.CONSUME(t.Comma) },
          { GATE: () => this.bandFollows(), ALT: () => this.SUBRULE(this.band) },
          { ALT: () => this.SUBRULE(this.unknown) },
        ],
        MAX_LOOKAHEAD: 1,
        IGNORE_AMBIGUITIES: true,
      });
    });
    this.CONSUME(t.RightBrace);
  });

  /** A row has its colon on the line it begins on; what has none is no row. */
  private bandFollows(): boolean {
    const { startLine } = this.LA(1);
    for (let ahead = 1; ahead <= limits.bandLookahead; ahead++) {
      const next = this.LA(ahead);
      if (next.tokenType === t.Colon) return ahead > 1;
      if (next.startLine !== startLine || next.tokenType === t.RightBrace) return false;
    }
    return false;
  }

  band = this.RULE('band', () => {
    this.ACTION(() => {
      this.colonEnds = true;
    });
    this.SUBRULE(this.bandFit);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.expression, toTheLineEnd);
    this.ACTION(() => {
      this.colonEnds = false;
    });
  });

  /** Which values a row holds: `at least 180`, `140 to under 180`, `missing`, `when …`, `otherwise`. */
  bandFit = this.RULE('bandFit', () => {
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(k.at);
            this.OR2([{ ALT: () => this.CONSUME(k.least) }, { ALT: () => this.CONSUME(k.most) }]);
            this.SUBRULE(this.expression, toTheLineEnd);
          },
        },
        {
          GATE: () => this.LA(2).tokenType === k.than,
          ALT: () => {
            this.OR3([{ ALT: () => this.CONSUME(k.more) }, { ALT: () => this.CONSUME(k.less) }]);
            this.CONSUME(k.than);
            this.SUBRULE2(this.expression, toTheLineEnd);
          },
        },
        {
          GATE: () => !this.boundEnds(2),
          ALT: () => {
            this.CONSUME(k.under);
            this.SUBRULE3(this.expression, toTheLineEnd);
          },
        },
        {
          GATE: () => !this.boundEnds(2),
          ALT: () => {
            this.CONSUME(k.over);
            this.SUBRULE4(this.expression, toTheLineEnd);
            this.OPTION(() => {
              this.SUBRULE(this.upTo);
            });
          },
        },
        { GATE: () => this.boundEnds(2), ALT: () => this.CONSUME(k.missing) },
        { GATE: () => this.boundEnds(2), ALT: () => this.CONSUME(k.otherwise) },
        // `else : …` and signs are read too, and reported.
        { ALT: () => this.CONSUME(k.else) },
        {
          ALT: () => {
            this.CONSUME(t.CompareOperator);
            this.SUBRULE5(this.expression, toTheLineEnd);
          },
        },
        {
          ALT: () => {
            this.CONSUME(k.when);
            this.SUBRULE6(this.expression, toTheLineEnd);
          },
        },
        {
          ALT: () => {
            this.SUBRULE7(this.expression, toTheLineEnd);
            this.OPTION2(() => {
              this.SUBRULE2(this.upTo);
            });
          },
        },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  private boundEnds(ahead: number): boolean {
    return endsBound.has(this.LA(ahead).tokenType);
  }

  /** `to 180`, `to under 180`. */
  upTo = this.RULE('upTo', () => {
    this.CONSUME(k.to);
    this.OPTION({ GATE: () => !this.boundEnds(2), DEF: () => this.CONSUME(k.under) });
    this.SUBRULE(this.expression, toTheLineEnd);
  });
}
