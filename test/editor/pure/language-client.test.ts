/** The page's side of the language worker: what is asked, what is dropped, what happens when the worker breaks. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLanguageClient, type Port, restartsMax } from '../../../editor/language-client.ts';
import type { Checked, Request, Response } from '../../../editor/protocol.ts';

const checked = (errors: number): Checked => ({
  diagnostics: [],
  errors,
  warnings: 0,
  program: null,
  outline: [],
  graph: null,
});

/** Workers that answer only when told to. */
function standIn() {
  const ports: {
    posted: Request[];
    answer: (response: Response) => void;
    break: (reason: string) => void;
    stopped: boolean;
  }[] = [];
  const troubles: (string | null)[] = [];
  const start = (): Port => {
    const port: (typeof ports)[number] = { posted: [], answer() {}, break() {}, stopped: false };
    ports.push(port);
    return {
      post: (request) => port.posted.push(request),
      listen(answered, broken) {
        port.answer = answered;
        port.break = broken;
      },
      stop() {
        port.stopped = true;
      },
    };
  };
  const client = createLanguageClient(start, (sentence) => troubles.push(sentence));
  const port = (index = 0) => {
    const one = ports[index];
    assert.ok(one, `worker ${index} was started`);
    return one;
  };
  const reply = (index: number, errors: number, on = 0) => {
    const request = port(on).posted[index];
    assert.ok(request, `request ${index} was posted`);
    port(on).answer({ id: request.id, version: request.version, ok: true, value: checked(errors) });
  };
  return { client, ports, port, reply, troubles };
}

test('an answer about the text on the screen arrives', async () => {
  const { client, reply } = standIn();
  client.setVersion(7);
  const answer = client.ask({ kind: 'check', text: 'a' });
  reply(0, 3);
  assert.is((await answer)?.errors, 3);
  client.stop();
});

test('an answer about an older text is dropped', async () => {
  const { client, reply } = standIn();
  client.setVersion(1);
  const answer = client.ask({ kind: 'check', text: 'a' });
  client.setVersion(2);
  reply(0, 3);
  assert.is(await answer, null);
  client.stop();
});

test('typing fast sends the first and the last text only', async () => {
  const { client, port, reply } = standIn();
  const answers = ['a', 'ab', 'abc', 'abcd'].map((text, version) => {
    client.setVersion(version);
    return client.ask({ kind: 'check', text });
  });
  assert.equal(
    port().posted.map((request) => request.question.text),
    ['a'],
  );
  reply(0, 1);
  assert.equal(
    port().posted.map((request) => request.question.text),
    ['a', 'abcd'],
  );
  reply(1, 4);
  assert.equal(
    (await Promise.all(answers)).map((answer) => answer?.errors ?? null),
    [null, null, null, 4],
  );
  client.stop();
});

test('a completion is handed over although more was typed meanwhile', async () => {
  const { client, port } = standIn();
  client.setVersion(1);
  const answer = client.ask({ kind: 'complete', text: 'advance to ', offset: 11 });
  client.setVersion(2);
  const request = port().posted[0];
  assert.ok(request);
  port().answer({ id: request.id, version: request.version, ok: true, value: [] });
  assert.equal(await answer, []);
  client.stop();
});

test('kinds of questions do not wait for each other', () => {
  const { client, port } = standIn();
  void client.ask({ kind: 'check', text: 'a' });
  void client.ask({ kind: 'hover', text: 'a', offset: 0 });
  assert.equal(
    port().posted.map((request) => request.question.kind),
    ['check', 'hover'],
  );
  client.stop();
});

test('a broken worker is started anew and asked the newest question again', async () => {
  const { client, ports, port, reply, troubles } = standIn();
  const lost = client.ask({ kind: 'check', text: 'a' });
  port(0).break('it fell over');
  assert.ok(port(0).stopped);
  assert.is(ports.length, 2);
  reply(0, 2, 1);
  assert.is((await lost)?.errors, 2);
  assert.equal(troubles, [], 'nobody needs to hear of a break that was mended');
  client.stop();
});

test('a worker that keeps breaking is given up with a sentence, and nothing hangs', async () => {
  const { client, ports, port, troubles } = standIn();
  const answer = client.ask({ kind: 'check', text: 'a' });
  for (let tries = 0; tries <= restartsMax; tries++) port(tries).break('it fell over');
  assert.is(await answer, null);
  assert.is(ports.length, restartsMax + 1);
  assert.match(troubles.at(-1) ?? '', /it fell over.*Your text is safe; reload/);
  assert.is(await client.ask({ kind: 'check', text: 'b' }), null);
  client.stop();
});

test('a late word of a worker that was replaced is not believed', async () => {
  const { client, port, reply } = standIn();
  const answer = client.ask({ kind: 'check', text: 'a' });
  port(0).break('it fell over');
  reply(0, 99, 0);
  reply(0, 1, 1);
  assert.is((await answer)?.errors, 1);
  client.stop();
});

test('a fault of the worker is told and the next text is tried', async () => {
  const { client, port, reply, troubles } = standIn();
  const failed = client.ask({ kind: 'check', text: 'a' });
  const request = port().posted[0];
  assert.ok(request);
  port().answer({ id: request.id, version: request.version, ok: false, problem: 'a loop' });
  assert.is(await failed, null);
  assert.match(troubles.at(-1) ?? '', /a loop/);
  const next = client.ask({ kind: 'check', text: 'b' });
  reply(1, 0);
  assert.is((await next)?.errors, 0);
  assert.is(troubles.at(-1), null);
  client.stop();
});

test.run();
