/**
 * Cedar's validator (Rust in WebAssembly) on policies of about as many lines, against a schema.
 */
import { createRequire } from 'node:module';
import { lineCount, type Peer } from './peer.ts';

type Cedar = {
  getCedarSDKVersion: () => string;
  validate: (call: unknown) => { type: string; errors?: unknown[]; validationErrors?: unknown[] };
};

/** `mistake` reads an attribute that the schema does not know. */
export function cedar(lines: number, mistake = false): Peer {
  const { getCedarSDKVersion, validate } = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as Cedar;
  const text = policies(lines, mistake);
  const call = { schema, policies: { staticPolicies: text }, validationSettings: { mode: 'strict' } };
  return {
    name: 'cedar-wasm',
    version: getCedarSDKVersion(),
    does: '`validate` in strict mode: policies of conditions over typed attributes, against a schema of 40 lines',
    text,
    lines: lineCount(text),
    validate: () => {
      const answer = validate(call);
      const problems = answer.type === 'success' ? (answer.validationErrors ?? []) : (answer.errors ?? ['failure']);
      if (problems.length > 0) throw new Error(`Cedar refused its policies: ${JSON.stringify(problems[0])}`);
    },
  };
}

const schema = `entity Team;
entity Person in [Team] {
  week: Long,
  why?: String,
  injured: Bool,
  mood: String,
  goal: Long,
  runs: Long,
  silence: Long,
};
entity Part {
  number: Long,
  owner: Person,
  open: Bool,
  title: String,
};
action advance, repeat, leave, review appliesTo {
  principal: [Person],
  resource: [Part],
  context: { done: Long, minutes: Long, resting: Bool, hour: Long },
};
`;

function policies(lines: number, mistake: boolean): string {
  const one = (index: number) => `// Part ${index + 1}: completed runs earn the next.
@id("advance-${index + 1}")
permit (
  principal in Team::"part_${index + 1}",
  action == Action::"advance",
  resource
)
when {
  resource.number == ${index + 1} &&
  resource.open &&
  context.done >= ${2 + (index % 3)} &&
  (context.minutes >= ${10 + (index % 20)} || principal.${mistake && index === 0 ? 'nothing' : 'goal'} < ${20 + (index % 9)})
}
unless {
  principal.injured || context.resting ||
  (principal has why && principal.why like "*part ${index + 1}*")
};

forbid (principal, action in [Action::"review", Action::"repeat"], resource)
when {
  resource.number == ${index + 1} &&
  principal.silence >= ${21 + (index % 7)} &&
  resource.owner != principal &&
  context.hour >= 21 &&
  resource.title == "Part ${index + 1}"
};

`;
  const each = lineCount(one(0));
  return Array.from({ length: Math.floor(lines / each) }, (_, index) => one(index)).join('');
}
