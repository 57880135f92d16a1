/**
 * Langium on the very text that Regimen checks: a grammar of the same statements, with scopes,
 * links and the checks that Langium makes by itself.
 *
 * Langium does less here than Regimen does: holes in texts stay unread, no types are inferred, no
 * flow is analyzed and nothing is lowered. Where the two differ, the difference is to Langium's good.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type AstNode,
  type AstNodeDescription,
  AstUtils,
  DefaultScopeComputation,
  type LangiumCoreServices,
  type LangiumDocument,
  type MultiMap,
  URI,
} from 'langium';
import { createServicesForGrammar } from 'langium/grammar';
import { lineCount, type Peer } from './peer.ts';

/** `text` is a program of `programs.ts`; other programs need statements that this grammar leaves out. */
export async function langium(text: string): Promise<Peer> {
  const services = await createServicesForGrammar({
    grammar,
    // As a published language runs: without the checks of the grammar that are for its author.
    parserConfig: { skipValidations: true },
    languageMetaData: {
      caseInsensitive: false,
      fileExtensions: ['.txt'],
      languageId: 'road',
      mode: 'production',
    },
    module: {
      references: { ScopeComputation: (services: LangiumCoreServices) => new ProgramScopes(services) },
    },
  });
  const builder = services.shared.workspace.DocumentBuilder;
  const documents = services.shared.workspace.LangiumDocuments;
  const factory = services.shared.workspace.LangiumDocumentFactory;
  const uri = URI.file('/program.txt');
  return {
    name: 'Langium',
    version: versionOf('langium'),
    does: 'parse, index, link and validate: a grammar of the same statements on the same text',
    text,
    lines: lineCount(text),
    validate: async () => {
      const document: LangiumDocument = factory.fromString(text, uri);
      documents.addDocument(document);
      await builder.build([document], { validation: true });
      documents.deleteDocument(uri);
      const problem =
        document.parseResult.lexerErrors[0]?.message ??
        document.parseResult.parserErrors[0]?.message ??
        document.diagnostics?.find((one) => one.severity === 1)?.message;
      if (problem !== undefined) throw new Error(`Langium refused its text: ${problem}`);
    },
  };
}

/** What a program declares is known in all of it; a stage's lets only in the stage. */
class ProgramScopes extends DefaultScopeComputation {
  protected override addLocalSymbol(
    node: AstNode,
    document: LangiumDocument,
    symbols: MultiMap<AstNode, AstNodeDescription>,
  ): void {
    const name = this.nameProvider.getName(node);
    if (name === undefined || node.$container === undefined) return;
    const isProgram = (one: AstNode): one is AstNode => one.$type === 'Program';
    const program = AstUtils.getContainerOfType(node.$container, isProgram);
    const scope = node.$container.$type === 'Stage' ? node.$container : (program ?? node.$container);
    symbols.add(scope, this.descriptions.createDescription(node, name, document));
  }
}

function versionOf(name: string): string {
  const entry = fileURLToPath(import.meta.resolve(name));
  const manifest = `${entry.slice(0, entry.lastIndexOf(`node_modules/${name}/`))}node_modules/${name}/package.json`;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

const grammar = `
grammar Road
entry File: programs+=Program*;
Program: 'program' name=Word title=STRING? '{' items+=ProgramItem* '}';
ProgramItem: About | Enroll | Reenter | Zone | Quiet | Budget | Agent | Roles | Data | Table | Let | Anytime | Stage;
About: 'about' text=STRING;
Enroll: 'enroll' 'anyone' (verified?='verified' ('at' domain=STRING)?)? (',' 'others' others=('ask' | 'refuse'))?;
Reenter: 'reenter' ('after' after=DURATION)? ('keeping' keeping+=[Field:Word] (',' keeping+=[Field:Word])*)?;
Zone: 'timezone' (theirs?='theirs' 'else')? fallback=STRING;
Quiet: 'quiet' from=TIME 'to' to=TIME;
Budget: 'budget' usd=MONEY 'per' 'month';
Agent: 'agent' name=Word;
Roles: 'roles' roles+=Role (',' roles+=Role)*;
Role: name=Word;
Data: 'data' '{' fields+=Field* '}';
Field: name=Word ':' type=Type optional?='?'? ('=' initial=Expression)? ('agent' 'may' may=('set' | 'record'))?;
Type: NumberType | TextType | YesNoType | DateType | TimeType | SeriesType | ChoiceType | RecordType;
NumberType: {infer NumberType} 'number' unit=('kg' | 'min')? (min=NUMBER 'to' max=NUMBER unitAfter='min'?)?;
TextType: {infer TextType} 'text';
YesNoType: {infer YesNoType} 'yes/no';
DateType: {infer DateType} 'date';
TimeType: {infer TimeType} 'time';
SeriesType: 'series' 'of'? of=Type;
ChoiceType: '(' options+=Option ('|' options+=Option)* ')';
Option: name=Word;
RecordType: '{' fields+=Field (',' fields+=Field)* '}';
Table: 'table' name=Word 'by' keys+=Word (',' keys+=Word)* '{' cells+=Cell* '}';
Cell: number=NUMBER | text=STRING;
Let: 'let' name=Word '=' value=Expression;
Anytime: 'anytime' '{' rules+=Rule* '}';
Stage: 'stage' name=Word (final?='final' outcome=('success' | 'failure')?)? title=STRING? '{' items+=StageItem* '}';
StageItem: Skill | Review | Nudge | Ask | Let | Rule | Escalation | Action;
Skill: 'skill' name=Word;
Review: 'review' (daily?='daily' | weekly?='weekly' ('on' days+=DAY)? | 'every' every=DURATION | days+=DAY (',' days+=DAY)*) ('at' at=TIME)? (',' 'spread' 'over' spread=DURATION)?;
Nudge: 'nudge' 'after' after=DURATION ('of' silence?='silence' | 'without' without=[Field:Word]) (',' 'at' 'most' most=NUMBER 'times')?;
Ask: 'ask' text=STRING answer=Type 'as' as=Word (',' 'within' within=DURATION)? ('else' otherwise=Action)?;
Escalation: 'escalate' 'to' to=[Role:Word] 'after' after=DURATION;
Rule: Command | On | When | Transition;
Command: 'command' words+=STRING (',' words+=STRING)* body=Body;
On: 'on' series=[Field:Word] ('where' where=Expression)? body=Body;
When: 'when' condition=Expression body=Body;
Transition: move=Move (with=With)? ('when' when=Expression | 'after' after=DURATION ('of' silence?='silence')?)?;
Move: ('advance' | 'return') 'to' to=[Stage:Word] | 'leave' 'as' as=Word | {infer Resume} 'resume';
With: 'with' assignments+=Assignment (',' assignments+=Assignment)*;
Assignment: field=[Field:Word] '=' value=Expression;
Body: {infer Body} '{' actions+=BodyItem* '}';
BodyItem: Action | Condition | BodyMove;
BodyMove: move=Move with=With?;
Condition: 'when' condition=Expression then=Body ('else' otherwise=Body)?;
Action: SaySkill | Say | Set | Record | Restart | Interrupt | EscalateNow;
SaySkill: 'say' 'with' 'skill' skill=Word;
Say: 'say' text=STRING;
Set: 'set' assignment=Assignment;
Record: 'record' series=[Field:Word] entry=Entry;
Entry: '{' fields+=EntryField (',' fields+=EntryField)* '}';
EntryField: name=Word ':' value=Expression;
Restart: {infer Restart} 'restart' 'stage';
Interrupt: 'interrupt' 'with' to=[Stage:Word];
EscalateNow: 'escalate' 'to' to=[Role:Word] text=STRING?;

Expression: Or;
Or infers Expression: And ({infer Binary.left=current} operator='or' right=And)*;
And infers Expression: Not ({infer Binary.left=current} operator='and' right=Not)*;
Not infers Expression: {infer Negation} 'not' of=Not | Comparison;
Comparison infers Expression: Otherwise (({infer Binary.left=current} operator=('=' | '!=' | '<=' | '>=' | '<' | '>') right=Otherwise) | ({infer Known.of=current} 'is' negated?='not'? ('set' | 'known' | 'missing')) | ({infer Binary.left=current} operator='is' right=Otherwise))?;
Otherwise infers Expression: Sum ({infer Binary.left=current} operator='else' right=Sum)*;
Sum infers Expression: Product ({infer Binary.left=current} operator=('+' | '-') right=Product)*;
Product infers Expression: Primary ({infer Binary.left=current} operator=('*' | '/') right=Primary)*;
Primary infers Expression: {infer EntryValue} 'value' | Absence | Newest | Judged | Truth | {infer Text} text=STRING | {infer Number} value=NUMBER unit=('kg' | 'min')? | {infer Silence} value=DURATION ('of' silence?='silence')? | '(' Expression ')' | Call | Lookup | Reference;
Truth: {infer Truth} (yes?='yes' | 'no');
Absence: 'no' series=[Field:Word] ('where' where=Expression)? 'for' for=DURATION;
Newest: 'last' series=Word ('was' days+=('today' | 'yesterday') ('or' days+=('today' | 'yesterday'))*)?;
Judged: 'judged' criterion=STRING 'at' at=NUMBER;
Call: function=Word '(' arguments+=Argument (',' arguments+=Argument)* ')';
Argument: value=Expression ('where' where=Expression)? (','? window=Window)?;
Window: 'this' period=('visit' | 'week') | 'in' 'last' last=DURATION;
Lookup: table=[Table:Word] '[' keys+=Expression (',' keys+=Expression)* ']';
Reference: to=[Value:Word] ('.' field=Word)?;
type Value = Field | Let | Option | Role;
Word returns string: ID | 'week' | 'why' | 'recovery' | 'agent' | 'data' | 'text' | 'date' | 'time' | 'success' | 'visit' | 'min';

hidden terminal WS: /\\s+/;
hidden terminal COMMENT: /\\/\\/[^\\n\\r]*/;
terminal DURATION: /\\d+ ?(days?|weeks?|hours?|min|h)\\b/;
terminal TIME: /\\d\\d:\\d\\d/;
terminal MONEY: /\\$\\d+(\\.\\d+)?/;
terminal NUMBER returns number: /\\d+(\\.\\d+)?/;
terminal STRING: /"(\\{[^{}"]*("[^"]*"[^{}"]*)*\\}|[^"{])*"/;
terminal DAY: /(mon|tue|wed|thu|fri|sat|sun)\\b/;
terminal ID: /[A-Za-z_][A-Za-z0-9_]*/;
`;
