/**
 * The grammar of scenarios: their steps, and what people and roles do in them.
 *
 * Builds on `grammar-expectations.ts`; `grammar.ts` puts files together from it.
 */
import type { TokenType } from 'chevrotain';
import { ExpectationGrammar } from './grammar-expectations.ts';
import { nearest } from './nearest.ts';
import * as t from './tokens.ts';

const k = t.keyword;

const stepStarts = new Set<TokenType>([k.expect, k.wait, k.each, k.they, k.agent, k.scenario, k.program]);

/** `4 times`, `1 time`. */
const counting = new Set<TokenType>([k.times, k.time]);

/** What a role or a service does. */
const verbs = new Set<TokenType>([
  k.records,
  k.corrects,
  k.retracts,
  k.sets,
  k.adds,
  k.approves,
  k.refuses,
  k.answers,
  k.acknowledges,
  k.tells,
]);

export class ScenarioGrammar extends ExpectationGrammar {
  protected override startsItem(type: TokenType): boolean {
    return super.startsItem(type) || stepStarts.has(type);
  }

  scenarioDeclaration = this.RULE('scenarioDeclaration', () => {
    this.CONSUME(k.scenario);
    this.CONSUME(t.Text);
    this.CONSUME(k.of);
    this.CONSUME(t.Name);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.SUBRULE(this.step);
    });
    this.CONSUME(t.RightBrace);
  });

  step = this.RULE('step', () => {
    this.ACTION(() => {
      this.atNamesStage = false;
      // A row of bands with mistakes, somewhere before, may have left it on.
      this.colonEnds = false;
    });
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.startStep) },
        { ALT: () => this.SUBRULE(this.eachStep) },
        { ALT: () => this.SUBRULE(this.waitStep) },
        { ALT: () => this.SUBRULE(this.expectStep) },
        {
          GATE: () => this.LA(1).tokenType === k.on || this.LA(2).tokenType === t.NumberToken,
          ALT: () => this.SUBRULE(this.dated),
        },
        { GATE: () => this.deedFollows(), ALT: () => this.SUBRULE(this.deed) },
        { ALT: () => this.SUBRULE(this.unknown) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  private deedFollows(): boolean {
    const first = this.LA(1).tokenType;
    if (first === k.they || first === k.agent || this.LA(2).tokenType === t.LeftBrace) return true;
    if (verbs.has(this.LA(2).tokenType)) return true;
    // `wiat 3 days` is a misspelled step and no entry.
    const misspelled = nearest(this.LA(1).image, ['wait', 'expect', 'start']) !== undefined;
    const text = this.LA(2).tokenType === t.Text;
    return first === t.Word && this.plainValueFollows(2) && !misspelled && !text;
  }

  startStep = this.RULE('startStep', () => {
    this.ACTION(() => {
      this.atNamesStage = true;
    });
    this.CONSUME(k.start);
    this.SUBRULE(this.storyMoment);
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(k.in);
            this.CONSUME(t.Text);
          },
        },
        {
          ALT: () => {
            this.CONSUME(k.at);
            this.CONSUME(t.Name);
          },
        },
        { ALT: () => this.SUBRULE(this.withClause) },
      ]);
    });
    this.ACTION(() => {
      this.atNamesStage = false;
    });
  });

  /** `mon 2026-01-05 09:00`, `wed at 07:30`, `day 3 at 07:30`. */
  storyMoment = this.RULE('storyMoment', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Weekday);
          this.OPTION(() => {
            this.CONSUME(t.DateToken);
          });
        },
      },
      { ALT: () => this.CONSUME2(t.DateToken) },
      {
        ALT: () => {
          this.CONSUME(k.day);
          this.CONSUME(t.NumberToken);
        },
      },
    ]);
    this.OPTION2({
      GATE: () => this.LA(1).tokenType !== k.at || this.isTime(2),
      DEF: () => {
        this.OPTION3(() => {
          this.CONSUME(k.at);
        });
        this.CONSUME(t.Time);
      },
    });
  });

  private isTime(ahead: number): boolean {
    const type = this.LA(ahead).tokenType;
    return type === t.Time || (type.CATEGORIES ?? []).includes(t.Time);
  }

  eachStep = this.RULE('eachStep', () => {
    this.CONSUME(k.each);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(k.of);
          this.SUBRULE(this.days);
        },
      },
      { ALT: () => this.CONSUME(k.day) },
    ]);
    this.CONSUME(k.at);
    this.CONSUME(t.Time);
    this.OPTION({
      GATE: () => this.LA(1).tokenType === t.Comma || counting.has(this.LA(2).tokenType),
      DEF: () => {
        this.OPTION2(() => {
          this.CONSUME(t.Comma);
        });
        this.CONSUME(t.NumberToken);
        this.OR2([{ ALT: () => this.CONSUME(k.times) }, { ALT: () => this.CONSUME(k.time) }]);
      },
    });
    this.SUBRULE(this.deed);
  });

  dated = this.RULE('dated', () => {
    this.OPTION(() => {
      this.CONSUME(k.on);
    });
    this.SUBRULE(this.storyMoment);
    this.SUBRULE(this.deed);
  });

  waitStep = this.RULE('waitStep', () => {
    this.CONSUME(k.wait);
    this.OPTION(() => {
      this.CONSUME(k.for);
    });
    this.OR([
      { ALT: () => this.CONSUME(t.Duration) },
      {
        ALT: () => {
          this.CONSUME(k.until);
          this.SUBRULE(this.storyMoment);
        },
      },
    ]);
  });

  deed = this.RULE('deed', () => {
    this.OR({
      DEF: [
        { GATE: () => this.LA(2).tokenType !== t.LeftBrace, ALT: () => this.SUBRULE(this.theyDeed) },
        { GATE: () => this.LA(2).tokenType !== t.LeftBrace, ALT: () => this.SUBRULE(this.agentDeed) },
        { GATE: () => verbs.has(this.LA(2).tokenType), ALT: () => this.SUBRULE(this.roleDeed) },
        { ALT: () => this.SUBRULE(this.happening) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
    this.OPTION({
      GATE: () => this.LA(1).tokenType === t.Comma && this.LA(2).tokenType === k.refused,
      DEF: () => {
        this.CONSUME(t.Comma);
        this.CONSUME(k.refused);
      },
    });
  });

  /** `doses { taken: yes }`, `doses { taken: yes } of day 23 at 08:00`. */
  happening = this.RULE('happening', () => {
    this.SUBRULE(this.recorded);
    this.OPTION(() => {
      this.CONSUME(k.of);
      this.SUBRULE(this.storyMoment);
    });
  });

  /** What somebody in a role, or a service, does: `nurse records …`, `clinician approves`. */
  roleDeed = this.RULE('roleDeed', () => {
    this.CONSUME(t.Name);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(k.records);
          this.SUBRULE(this.happening);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.corrects);
          this.SUBRULE(this.correction);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.retracts);
          this.SUBRULE(this.retraction);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.sets);
          this.OPTION({
            GATE: () => this.LA(2).tokenType === t.LeftBracket,
            DEF: () => {
              this.CONSUME2(t.Name);
              this.CONSUME(t.LeftBracket);
              this.SUBRULE(this.expression);
              this.CONSUME(t.RightBracket);
            },
          });
          this.SUBRULE(this.assignments);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.adds);
          this.CONSUME3(t.Name);
          this.SUBRULE(this.entry);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.approves);
          this.OPTION2({ GATE: () => this.sameLine(), DEF: () => this.SUBRULE2(this.assignments) });
        },
      },
      { ALT: () => this.CONSUME(k.refuses) },
      {
        ALT: () => {
          this.CONSUME(k.answers);
          this.SUBRULE2(this.expression);
        },
      },
      { ALT: () => this.CONSUME(k.acknowledges) },
      {
        ALT: () => {
          this.CONSUME(k.tells);
          this.CONSUME(t.Text);
        },
      },
    ]);
  });

  /** `doses of day 23 { taken: yes }`, of a plain series `weights of day 2 97.5`. */
  correction = this.RULE('correction', () => {
    this.CONSUME(t.Name);
    this.CONSUME(k.of);
    this.SUBRULE(this.storyMoment);
    this.OR({
      DEF: [
        { GATE: () => this.plainValueFollows(), ALT: () => this.SUBRULE(this.expression) },
        { ALT: () => this.SUBRULE(this.entry) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  retraction = this.RULE('retraction', () => {
    this.CONSUME(t.Name);
    this.CONSUME(k.of);
    this.SUBRULE(this.storyMoment);
  });

  theyDeed = this.RULE('theyDeed', () => {
    this.CONSUME(k.they);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(k.say);
          this.CONSUME(t.Text);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.answer);
          this.SUBRULE(this.expression);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.move);
          this.CONSUME(k.to);
          this.CONSUME2(t.Text);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.correct);
          this.SUBRULE(this.correction);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.retract);
          this.SUBRULE(this.retraction);
        },
      },
    ]);
  });

  agentDeed = this.RULE('agentDeed', () => {
    this.CONSUME(k.agent);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(k.says);
          this.CONSUME(t.Text);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.sets);
          this.SUBRULE(this.assignments);
        },
      },
      { ALT: () => this.SUBRULE(this.judgesDeed) },
    ]);
  });

  judgesDeed = this.RULE('judgesDeed', () => {
    this.CONSUME(k.judges);
    this.CONSUME(t.Text);
    this.OPTION(() => {
      this.OR([{ ALT: () => this.CONSUME(k.yes) }, { ALT: () => this.CONSUME(k.no) }]);
    });
    this.OPTION2(() => {
      this.CONSUME(t.NumberToken);
    });
    this.OPTION3(() => {
      this.CONSUME(k.quoting);
      this.CONSUME2(t.Text);
      this.MANY({
        GATE: () => ScenarioGrammar.is(this.LA(2).tokenType, t.Text),
        DEF: () => {
          this.CONSUME(t.Comma);
          this.CONSUME3(t.Text);
        },
      });
    });
  });
}
