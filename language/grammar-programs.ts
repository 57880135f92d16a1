/**
 * The grammar of programs: everything between `program … {` and its `}`, and of the fragments that
 * programs share.
 *
 * Every list of items ends in the `unknown` alternative, so that one bad line costs that line
 * and nothing else. Builds on `grammar-stages.ts`; `grammar-expectations.ts` is the next layer.
 */
import type { TokenType } from 'chevrotain';
import { StageGrammar } from './grammar-stages.ts';
import * as t from './tokens.ts';

const k = t.keyword;

/** What begins an item of a stage and none of a program. */
const stageOnly = new Set<TokenType>([
  k.skill,
  k.review,
  k.nudge,
  k.ask,
  k.command,
  k.on,
  k.when,
  k.check,
  k.at,
  k.pause,
  k.advance,
  k.return,
  k.leave,
  k.resume,
  k.escalate,
  k.say,
  k.tell,
  k.send,
  k.call,
  k.propose,
  k.add,
  k.each,
  k.set,
  k.clear,
  k.record,
  k.restart,
  k.interrupt,
]);

export class ProgramGrammar extends StageGrammar {
  programDeclaration = this.RULE('programDeclaration', () => {
    this.ACTION(() => {
      this.atNamesStage = false;
    });
    this.CONSUME(k.program);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.Text);
    });
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.SUBRULE(this.programItem);
    });
    this.CONSUME(t.RightBrace);
  });

  programItem = this.RULE('programItem', () => {
    // An entry with mistakes may have left it on.
    this.ACTION(() => {
      this.colonEnds = false;
    });
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.aboutItem) },
        { ALT: () => this.SUBRULE(this.enrollItem) },
        { ALT: () => this.SUBRULE(this.reenterItem) },
        { ALT: () => this.SUBRULE(this.cohortItem) },
        { ALT: () => this.SUBRULE(this.timezoneItem) },
        { ALT: () => this.SUBRULE(this.quietItem) },
        { ALT: () => this.SUBRULE(this.budgetItem) },
        { ALT: () => this.SUBRULE(this.agentItem) },
        { ALT: () => this.SUBRULE(this.skillItem) },
        { ALT: () => this.SUBRULE(this.rolesItem) },
        { ALT: () => this.SUBRULE(this.servicesItem) },
        { ALT: () => this.SUBRULE(this.messagesItem) },
        { ALT: () => this.SUBRULE(this.ladderDeclaration) },
        { ALT: () => this.SUBRULE(this.holidaysDeclaration) },
        { ALT: () => this.SUBRULE(this.parametersItem) },
        { ALT: () => this.SUBRULE(this.dataItem) },
        { ALT: () => this.SUBRULE(this.tableDeclaration) },
        { ALT: () => this.SUBRULE(this.bandsItem) },
        { ALT: () => this.SUBRULE(this.windowItem) },
        { ALT: () => this.SUBRULE(this.letItem) },
        { ALT: () => this.SUBRULE(this.anytimeItem) },
        { ALT: () => this.SUBRULE(this.stageDeclaration) },
        { ALT: () => this.SUBRULE(this.trackDeclaration) },
        { ALT: () => this.SUBRULE(this.listDeclaration) },
        { ALT: () => this.SUBRULE(this.migrateItem) },
        { ALT: () => this.SUBRULE(this.useItem) },
        { ALT: () => this.SUBRULE(this.unknown) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  aboutItem = this.RULE('aboutItem', () => {
    this.CONSUME(k.about);
    this.CONSUME(t.Text);
  });

  enrollItem = this.RULE('enrollItem', () => {
    this.CONSUME(k.enroll);
    this.CONSUME(k.anyone);
    this.OPTION(() => {
      this.CONSUME(k.verified);
      this.OPTION2(() => {
        this.CONSUME(k.at);
        this.CONSUME(t.Text);
      });
    });
    this.OPTION3(() => {
      this.CONSUME(t.Comma);
      this.CONSUME(k.others);
      this.OR([{ ALT: () => this.CONSUME(k.ask) }, { ALT: () => this.CONSUME(k.refuse) }]);
    });
  });

  reenterItem = this.RULE('reenterItem', () => {
    this.CONSUME(k.reenter);
    this.OPTION(() => {
      this.CONSUME(k.after);
      this.SUBRULE(this.length);
    });
    this.OPTION2(() => {
      this.CONSUME(k.keeping);
      this.SUBRULE(this.names);
    });
  });

  /** `cohort by group`. */
  cohortItem = this.RULE('cohortItem', () => {
    this.CONSUME(k.cohort);
    this.CONSUME(k.by);
    this.CONSUME(t.Name);
  });

  timezoneItem = this.RULE('timezoneItem', () => {
    this.CONSUME(k.timezone);
    this.OPTION(() => {
      this.CONSUME(k.theirs);
      this.CONSUME(k.else);
    });
    this.CONSUME(t.Text);
  });

  quietItem = this.RULE('quietItem', () => {
    this.CONSUME(k.quiet);
    this.OPTION(() => {
      this.CONSUME(k.from);
    });
    this.CONSUME(t.Time);
    this.SUBRULE(this.rangeSign);
    this.CONSUME2(t.Time);
  });

  budgetItem = this.RULE('budgetItem', () => {
    this.CONSUME(k.budget);
    this.CONSUME(t.Money);
    this.OR([{ GATE: () => this.wordAhead('a'), ALT: () => this.CONSUME(t.Word) }, { ALT: () => this.CONSUME(k.per) }]);
    this.CONSUME(k.month);
  });

  agentItem = this.RULE('agentItem', () => {
    this.CONSUME(k.agent);
    this.CONSUME(t.Name);
  });

  rolesItem = this.RULE('rolesItem', () => {
    this.CONSUME(k.roles);
    this.SUBRULE(this.names);
  });

  servicesItem = this.RULE('servicesItem', () => {
    this.CONSUME(k.services);
    this.SUBRULE(this.names);
  });

  parametersItem = this.RULE('parametersItem', () => {
    this.CONSUME(k.parameters);
    this.SUBRULE(this.recordType);
  });

  /** `messages at most 5 per day, 20 per week, 2h apart`. */
  messagesItem = this.RULE('messagesItem', () => {
    this.CONSUME(k.messages);
    this.SUBRULE(this.messageLimit);
    this.MANY({
      GATE: () => this.LA(1).tokenType === t.Comma || this.sameLine(),
      DEF: () => {
        this.OPTION(() => {
          this.SUBRULE(this.listSign);
        });
        this.SUBRULE2(this.messageLimit);
      },
    });
  });

  messageLimit = this.RULE('messageLimit', () => {
    this.OPTION(() => {
      this.CONSUME(k.at);
      this.OR([{ ALT: () => this.CONSUME(k.most) }, { ALT: () => this.CONSUME(k.least) }]);
    });
    this.OR2([
      {
        ALT: () => {
          this.CONSUME(t.NumberToken);
          this.OR3([
            { GATE: () => this.wordAhead('a'), ALT: () => this.CONSUME(t.Word) },
            { ALT: () => this.CONSUME(k.per) },
          ]);
          this.OR4([{ ALT: () => this.CONSUME(k.day) }, { ALT: () => this.CONSUME(k.week) }]);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Duration);
          this.CONSUME(k.apart);
        },
      },
    ]);
  });

  /** `ladder clinical { nurse for 4h then lead for 1 day then operator }`. */
  ladderDeclaration = this.RULE('ladderDeclaration', () => {
    this.CONSUME(k.ladder);
    this.CONSUME(t.Name);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.OR({
        DEF: [{ ALT: () => this.SUBRULE(this.rung) }, { ALT: () => this.SUBRULE(this.unknown) }],
        MAX_LOOKAHEAD: 1,
        IGNORE_AMBIGUITIES: true,
      });
    });
    this.CONSUME(t.RightBrace);
  });

  /** `then lead for 1 day`; a comma in place of `then` is read too, and reported. */
  rung = this.RULE('rung', () => {
    this.OPTION(() => {
      this.OR([{ ALT: () => this.CONSUME(k.then) }, { ALT: () => this.CONSUME(t.Comma) }]);
    });
    this.CONSUME(t.Name);
    this.OPTION2(() => {
      this.CONSUME(k.for);
      this.SUBRULE(this.length);
    });
  });

  /** `holidays gulf, weekend fri, sat { 2026-05-25 "Whit Monday" }`. */
  holidaysDeclaration = this.RULE('holidaysDeclaration', () => {
    this.CONSUME(k.holidays);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.OPTION2(() => {
        this.CONSUME(t.Comma);
      });
      this.CONSUME(k.weekend);
      this.SUBRULE(this.days);
    });
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.OR({
        DEF: [
          { ALT: () => this.SUBRULE(this.holiday) },
          { ALT: () => this.CONSUME2(t.Comma) },
          { ALT: () => this.SUBRULE(this.unknown) },
        ],
        MAX_LOOKAHEAD: 1,
        IGNORE_AMBIGUITIES: true,
      });
    });
    this.CONSUME(t.RightBrace);
  });

  holiday = this.RULE('holiday', () => {
    this.CONSUME(t.DateToken);
    this.OPTION(() => {
      this.CONSUME(t.Text);
    });
  });

  // ------------------------------------------------------------ versions and files

  /** `migrate from 3 { stage intro becomes intake  drop mood }`. */
  migrateItem = this.RULE('migrateItem', () => {
    this.CONSUME(k.migrate);
    this.CONSUME(k.from);
    this.CONSUME(t.NumberToken);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.OR({
        DEF: [
          { ALT: () => this.SUBRULE(this.migration) },
          { ALT: () => this.CONSUME(t.Comma) },
          { ALT: () => this.SUBRULE(this.unknown) },
        ],
        MAX_LOOKAHEAD: 1,
        IGNORE_AMBIGUITIES: true,
      });
    });
    this.CONSUME(t.RightBrace);
  });

  migration = this.RULE('migration', () => {
    this.OR([
      {
        ALT: () => {
          this.OR2([
            { ALT: () => this.CONSUME(k.stage) },
            { ALT: () => this.CONSUME(k.field) },
            { ALT: () => this.CONSUME(k.series) },
            { ALT: () => this.CONSUME(k.list) },
            { ALT: () => this.CONSUME(k.track) },
          ]);
          this.CONSUME(t.Name);
          this.CONSUME(k.becomes);
          this.CONSUME2(t.Name);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.drop);
          this.CONSUME3(t.Name);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.set);
          this.SUBRULE(this.assignment);
        },
      },
    ]);
  });

  /** `import quiet_nights, clinical from "./shared.regimen"`. */
  importDeclaration = this.RULE('importDeclaration', () => {
    this.CONSUME(k.import);
    this.SUBRULE(this.names);
    this.CONSUME(k.from);
    this.CONSUME(t.Text);
  });

  /** `fragment quiet_nights { … }`: items of a program or of a stage. */
  fragmentDeclaration = this.RULE('fragmentDeclaration', () => {
    this.ACTION(() => {
      this.atNamesStage = false;
      // As before an item of a program.
      this.colonEnds = false;
    });
    this.CONSUME(k.fragment);
    this.CONSUME(t.Name);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.OR({
        DEF: [
          { GATE: () => this.stageItemFollows(), ALT: () => this.SUBRULE(this.stageItem) },
          { ALT: () => this.SUBRULE(this.programItem) },
        ],
        MAX_LOOKAHEAD: 1,
        IGNORE_AMBIGUITIES: true,
      });
    });
    this.CONSUME(t.RightBrace);
  });

  private stageItemFollows(): boolean {
    return stageOnly.has(this.LA(1).tokenType);
  }
}
