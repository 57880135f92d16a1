/**
 * Programs to measure with: as long as asked for, of the kind people write, the same every time.
 *
 * The texts hold what real programs hold (data, a series, a table, lets, questions, handlers, moves
 * with conditions, comments) and compile without errors. Nothing here is random: two runs of the
 * bench, on two machines, measure the same texts.
 */

/** A program of about `lines` lines, never more: as many whole stages as fit, then comments. */
export function programOfLines(lines: number): string {
  const between = stageLines(0, 1).length + 1;
  const around = head().length + tail().length;
  const stages = Math.max(1, Math.floor((lines - around) / between));
  const text = programOfStages(stages);
  const missing = Math.max(0, lines - text.split('\n').length + 1);
  return `${'// The program continues as the team agreed in its last review.\n'.repeat(missing)}${text}`;
}

/** A program of `stages` stages that are walked one after the other, with setbacks and ways out. */
export function programOfStages(stages: number): string {
  const body = Array.from({ length: stages }, (_, index) => stageLines(index, stages)).flatMap((one) => ['', ...one]);
  return `${[...head(), ...body, ...tail()].join('\n')}\n`;
}

const head = (): string[] =>
  `// A long program, made to be measured.
program long_road "A long road" {
  about     "Many small steps, each with its own questions, reviews and ways on."
  enroll    anyone verified at "acme.example", others ask
  reenter   after 14 days keeping week
  timezone  theirs else "Europe/London"
  quiet     21:00 to 08:00
  budget    $0.40 per month
  agent     coach
  roles     nurse, lead

  data {
    week    : number 1 to 9 = 1
    why     : text?                 agent may set
    injured : yes/no = no           agent may set
    mood    : (good | fair | bad)?  agent may set
    goal    : number min 1 to 600 = 30
    begins  : date?
    runs    : series { minutes: number min 1 to 600?, completed: yes/no, felt: (easy | ok | hard)? }  agent may record
    weights : series number kg
  }

  let tired  = count(runs where felt is hard in last 7 days) >= 2
  let lately = sum(runs.minutes in last 7 days)

  table workout by week, run_no {
         1            2            3
    1    "8 x 60 s"   "8 x 60 s"   "8 x 60 s"
    2    "6 x 90 s"   "6 x 90 s"   "6 x 90 s"
    3    "2 x 3 min"  "2 x 3 min"  "2 x 3 min"
    4    "3 x 5 min"  "3 x 5 min"  "3 x 5 min"
    5    "3 x 5 min"  "2 x 8 min"  "20 min"
    6    "3 x 8 min"  "2 x 10 min" "25 min"
    7    "25 min"     "25 min"     "25 min"
    8    "28 min"     "28 min"     "28 min"
    9    "30 min"     "30 min"     "30 min"
  }

  anytime {
    command "stop"             { leave as opted_out }
    command "pain", "injured"  { set injured = yes }
    when injured               { interrupt with recovery }
    leave   as lost after 180 days of silence
  }`.split('\n');

const tail = (): string[] =>
  `
  stage recovery "Getting well" {
    skill    recovery
    review   weekly
    say      "Stop running while it hurts. Write “better” when it has gone."
    command  "better", "i am better" { set injured = no }
    resume   when not injured
    escalate to nurse after 30 days
  }

  stage graduated final success "Graduated" {
    say with skill celebrate
  }
}`.split('\n');

/** One stage; what differs from stage to stage are its names and numbers, and which handler it has. */
function stageLines(index: number, stages: number): string[] {
  const name = `part_${index + 1}`;
  const next = index + 1 < stages ? `part_${index + 2}` : 'graduated';
  const before = index > 0 ? `part_${index}` : name;
  const wanted = 2 + (index % 3);
  return `  // Part ${index + 1}: ${wanted} completed runs earn the next.
  stage ${name} "Part ${index + 1}, week {week}" {
    skill    run_coach
    review   ${['mon, wed, fri', 'daily', 'weekly on mon', 'every 3 days'][index % 4]} at 18:00, spread over 2h
    nudge    after ${3 + (index % 3)} days without runs, at most 2 times

    let done_${index + 1} = count(runs where completed, this visit)
    let resting_${index + 1} = last run was today or yesterday

    ask      "How did it feel, part ${index + 1}?" (good | fair | bad) as mood, within 2 days else escalate to nurse

    command "workout", "run" {
      when resting_${index + 1} {
        say "Today is a rest day. Run {done_${index + 1} + 1} of week {week} can wait."
      } else {
        say "Week {week}, run {done_${index + 1} + 1}: {workout[week, done_${index + 1} + 1] else "rest"}."
      }
    }
    command "done"   { record runs { minutes: ${20 + (index % 30)}, completed: yes } }
    command "repeat" { set week = max(1, week - 1)  restart stage }
    on runs where completed { say "That is run {done_${index + 1}} in week {week}, {lately else 0} minutes in all." }
    on weights where value > ${80 + (index % 20)} kg { say "Noted." }

    advance  to ${next} with week = min(9, week + 1)
             when done_${index + 1} >= ${wanted} and not tired and (lately else 0) >= ${10 + (index % 20)}
    advance  to ${next} when judged "speaks of part ${index + 1} as something behind them" at 0.8 and why is set
    return   to ${before} with week = max(1, week - 1)  when no runs for ${14 + (index % 7)} days and week > 1
    leave    as lost after ${21 + (index % 7)} days of silence
  }`.split('\n');
}
