/**
 * The grammar of stages and of what holds stages: `anytime`, tracks and lists.
 *
 * Every list of items ends in the `unknown` alternative, so that one bad line costs that line
 * and nothing else. Builds on `grammar-rules.ts`; `grammar-programs.ts` is the next layer.
 */
import { RuleGrammar } from './grammar-rules.ts';
import * as t from './tokens.ts';

const k = t.keyword;

export class StageGrammar extends RuleGrammar {
  anytimeItem = this.RULE('anytimeItem', () => {
    this.CONSUME(k.anytime);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.OR({
        DEF: [
          { GATE: () => !this.actionAhead(), ALT: () => this.SUBRULE(this.rule) },
          { ALT: () => this.SUBRULE(this.unknown) },
        ],
        MAX_LOOKAHEAD: 1,
        IGNORE_AMBIGUITIES: true,
      });
    });
    this.CONSUME(t.RightBrace);
  });

  // ------------------------------------------------------------ stages

  stageDeclaration = this.RULE('stageDeclaration', () => {
    this.OPTION(() => {
      this.CONSUME(k.protected);
    });
    this.CONSUME(k.stage);
    this.CONSUME(t.Name);
    this.MANY(() => {
      this.OR([{ ALT: () => this.CONSUME(t.Text) }, { ALT: () => this.SUBRULE(this.finality) }]);
    });
    this.CONSUME(t.LeftBrace);
    this.MANY2(() => {
      this.SUBRULE(this.stageItem);
    });
    this.CONSUME(t.RightBrace);
  });

  finality = this.RULE('finality', () => {
    this.CONSUME(k.final);
    this.OPTION(() => {
      this.OR([{ ALT: () => this.CONSUME(k.success) }, { ALT: () => this.CONSUME(k.failure) }]);
    });
  });

  stageItem = this.RULE('stageItem', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.skillItem) },
        { ALT: () => this.SUBRULE(this.reviewItem) },
        { ALT: () => this.SUBRULE(this.nudgeItem) },
        { ALT: () => this.SUBRULE(this.askItem) },
        { ALT: () => this.SUBRULE(this.letItem) },
        { ALT: () => this.SUBRULE(this.bandsItem) },
        { ALT: () => this.SUBRULE(this.windowItem) },
        { ALT: () => this.SUBRULE(this.useItem) },
        { ALT: () => this.SUBRULE(this.proposeAction) },
        { ALT: () => this.SUBRULE(this.eachAction) },
        { GATE: () => !this.actionAhead(), ALT: () => this.SUBRULE(this.rule) },
        { ALT: () => this.SUBRULE(this.action) },
        { ALT: () => this.SUBRULE(this.unknown) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  skillItem = this.RULE('skillItem', () => {
    this.CONSUME(k.skill);
    this.CONSUME(t.Name);
  });

  reviewItem = this.RULE('reviewItem', () => {
    this.CONSUME(k.review);
    this.SUBRULE(this.cadence);
    this.OPTION(() => {
      this.OPTION2(() => {
        this.CONSUME(t.Comma);
      });
      this.CONSUME(k.spread);
      this.CONSUME(k.over);
      this.CONSUME(t.Duration);
    });
  });

  nudgeItem = this.RULE('nudgeItem', () => {
    this.CONSUME(k.nudge);
    this.CONSUME(k.after);
    this.SUBRULE(this.length);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(k.of);
          this.CONSUME(k.silence);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.without);
          this.CONSUME(t.Name);
        },
      },
    ]);
    this.OPTION(() => {
      this.OPTION2(() => {
        this.CONSUME(t.Comma);
      });
      this.SUBRULE(this.atMost);
    });
  });

  // ------------------------------------------------------------ tracks and lists

  /** `track diary "Diary" when in_diary { … }`. */
  trackDeclaration = this.RULE('trackDeclaration', () => {
    this.CONSUME(k.track);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.Text);
    });
    this.OPTION2(() => {
      this.CONSUME(k.when);
      this.SUBRULE(this.expression);
    });
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.SUBRULE(this.flowItem);
    });
    this.CONSUME(t.RightBrace);
  });

  /** `list lifts by name "Lifts" { data { … } starts with { … } stage … }`. */
  listDeclaration = this.RULE('listDeclaration', () => {
    this.CONSUME(k.list);
    this.CONSUME(t.Name);
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(k.by);
            this.CONSUME2(t.Name);
          },
        },
        { ALT: () => this.CONSUME(t.Text) },
      ]);
    });
    this.CONSUME(t.LeftBrace);
    this.MANY2(() => {
      this.OR2({
        DEF: [
          { ALT: () => this.SUBRULE(this.dataItem) },
          { ALT: () => this.SUBRULE(this.startsWith) },
          { ALT: () => this.SUBRULE(this.flowItem) },
        ],
        MAX_LOOKAHEAD: 1,
        IGNORE_AMBIGUITIES: true,
      });
    });
    this.CONSUME(t.RightBrace);
  });

  dataItem = this.RULE('dataItem', () => {
    this.CONSUME(k.data);
    this.SUBRULE(this.recordType);
  });

  /** `starts with { name: "squat" }, { name: "deadlift" }`; without commas it is read too, and reported. */
  startsWith = this.RULE('startsWith', () => {
    this.CONSUME(k.starts);
    this.CONSUME(k.with);
    this.SUBRULE(this.entry);
    this.MANY(() => {
      this.OPTION(() => {
        this.CONSUME(t.Comma);
      });
      this.SUBRULE2(this.entry);
    });
  });

  /** What a track holds, and a list besides its data. */
  flowItem = this.RULE('flowItem', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.letItem) },
        { ALT: () => this.SUBRULE(this.bandsItem) },
        { ALT: () => this.SUBRULE(this.windowItem) },
        { ALT: () => this.SUBRULE(this.anytimeItem) },
        { ALT: () => this.SUBRULE(this.stageDeclaration) },
        { ALT: () => this.SUBRULE(this.useItem) },
        { ALT: () => this.SUBRULE(this.unknown) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });
}
