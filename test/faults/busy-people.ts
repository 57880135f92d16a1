/**
 * People who talk, press buttons and record runs as long as they are let, an agent whose model answers slowly, and a
 * clock that moves on meanwhile: what goes on while something fails.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PersistentPerson } from '../support/persistent-person.ts';
import { type Reply, type StandIn, startStandInAnthropic } from '../support/stand-in-anthropic.ts';

/** Few enough that nobody finishes the nine weeks. */
const recordsMax = 12;

/** A number from `least` to `most`. */
export type Between = (least: number, most: number) => number;

/** Lives until `busy` says no more; what is being sent then is sent to its end. */
export async function live(person: PersistentPerson, random: () => number, busy: () => boolean): Promise<void> {
  await person.signIn();
  person.follow();
  for (let turn = 1; busy(); turn++) {
    const dice = random();
    if (dice < 0.2 && person.records.length < recordsMax) await person.record({ completed: dice < 0.15 });
    else if (dice < 0.4) await person.press('no');
    else if (dice < 0.5) await person.say('workout');
    else await person.say(`Word ${turn} of ${person.email}`);
    await sleep(random() < 0.1 ? 800 : random() * 250);
  }
}

/** Moves the clock of whatever server is there, again and again; gives how often it went through. */
export async function moveClock(where: () => string | null, between: Between, busy: () => boolean): Promise<number> {
  let moves = 0;
  while (busy()) {
    await sleep(between(50, 500));
    const answer = await move(where() ?? 'http://127.0.0.1:1', `${Math.round(between(3, 40))} hours`).catch(() => null);
    if (answer?.ok) moves += 1;
    await answer?.arrayBuffer().catch(() => undefined);
  }
  return moves;
}

/** Moves the clock once. */
export function move(url: string, by: string): Promise<Response> {
  return fetch(`${url}/api/clock/advance`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ by }),
  });
}

/** Answers for ever, each time with words of its own, after 50 to 400 ms. */
export async function slowModel(between: Between): Promise<StandIn> {
  const model = await startStandInAnthropic();
  let answers = 0;
  const answer = (body: { tools?: { name: string; input_schema: { properties: object } }[] }): Reply => {
    model.plan.push(answer);
    const set = body.tools?.find((tool) => tool.name === 'set_data');
    const fields = Object.fromEntries(Object.keys(set?.input_schema.properties ?? {}).map((name) => [name, null]));
    const words = { name: 'say', input: { text: `Answer ${++answers}.` } };
    const tools = 'why' in fields ? [{ name: 'set_data', input: { ...fields, why: 'To feel well.' } }, words] : [words];
    return { delayMs: between(50, 400), tools };
  };
  model.plan.push(answer);
  return model;
}
