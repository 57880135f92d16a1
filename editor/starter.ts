/**
 * What a new program starts as: small, free of problems, and already worth reading.
 */

/** `Morning walk!` → `morning_walk`; empty when nothing usable is in it. */
export function programName(title: string): string {
  const words = title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .match(/[a-z0-9]+/g);
  const name = (words ?? []).join('_').slice(0, 60).replace(/_+$/, '');
  return name === '' || /^[a-z]/.test(name) ? name : `program_${name}`;
}

/** `couch_to_5k` → `Couch to 5k`. */
export const titleOf = (name: string): string => {
  const words = name.replace(/_+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Skills that fit a first stage, the best first. */
const welcoming = ['welcome', 'intake'];

/**
 * A whole program of two stages, whose skill is one of those there are. `title` must not contain
 * quotes, braces or backslashes; those are taken out.
 */
export function starterText(name: string, title: string, skills: readonly string[]): string {
  const skill = welcoming.find((one) => skills.includes(one)) ?? skills[0];
  return `program ${name} "${title.replace(/["{}\\\r\n]/g, '')}" {
  about     "What this program is for, in one sentence."
  enroll    anyone verified, others ask
  timezone  theirs else "Europe/London"
  quiet     21:00 to 08:00
  agent     coach

  data {
    goal : text?  agent may set
  }

  anytime {
    command "stop" { leave as opted_out }
  }

  stage welcome "What would you like to reach?" {
${skill === undefined ? '' : `    skill    ${skill}\n`}    review   daily at 18:00
    nudge    after 2 days of silence, at most 2 times
    advance  to finished when goal is set
    leave    as lost after 14 days of silence
  }

  stage finished final success "Done" {
    say "You have reached your goal. Well done!"
  }
}
`;
}
