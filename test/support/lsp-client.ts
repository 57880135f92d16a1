/**
 * An editor, as the language server sees one: starts `regimen lsp`, speaks JSON-RPC over its standard
 * streams and keeps what comes back.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { regimenFile } from './command.ts';

/** No answer takes longer; a test that waits for more says what it waited for. */
const answerMsMax = 20_000;

/** What the protocol carries: each test knows the shape of what it asked for. */
// biome-ignore lint/suspicious/noExplicitAny: an answer's shape depends on the method, which is a text here.
type Answer = any;
type Message = {
  id?: number | string;
  method?: string;
  params?: Answer;
  result?: Answer;
  error?: { code: number; message: string };
};

export type LspClient = {
  child: ChildProcess;
  /** Everything the server has said without being asked. */
  notifications: Message[];
  /** The exit code, once the process has ended. */
  ended: Promise<number | null>;
  /** The result; rejects with the server's own sentence. */
  request(method: string, params?: unknown): Promise<Answer>;
  notify(method: string, params?: unknown): void;
  /** Bytes as they are, for what no client would send. */
  write(bytes: string | Uint8Array): void;
  /** The next notification of this method that fits, or one that has come already. */
  next(method: string, fits?: (params: Answer) => boolean): Promise<Answer>;
  /** `initialize` and `initialized`, in a folder. */
  start(folder: string | null, capabilities?: object): Promise<Answer>;
  open(uri: string, text: string): void;
  /** What the server says about this version of a file. */
  diagnostics(uri: string, version: number): Promise<Answer[]>;
  stop(): Promise<number | null>;
};

export function startLspClient(cwd: string): LspClient {
  const child = spawn(process.execPath, [regimenFile, 'lsp'], { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting = new Map<number, { resolve(value: Answer): void; reject(error: Error): void }>();
  const notifications: Message[] = [];
  const listeners = new Set<() => void>();
  let errors = '';
  let nextId = 1;
  let buffer = Buffer.alloc(0);
  child.stderr?.on('data', (part) => {
    errors += part;
  });
  child.stdin?.on('error', () => {});
  child.stdout?.on('data', (part: Buffer) => {
    buffer = Buffer.concat([buffer, part]);
    for (;;) {
      const head = buffer.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, head).toString())?.[1]);
      if (buffer.length < head + 4 + length) return;
      receive(JSON.parse(buffer.subarray(head + 4, head + 4 + length).toString()));
      buffer = buffer.subarray(head + 4 + length);
    }
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      for (const { reject } of waiting.values()) reject(new Error(`The server ended with ${code}: ${errors}`));
      resolve(code);
    });
  });

  function receive(message: Message): void {
    if (message.method !== undefined) {
      // A request of the server (to watch files): granted.
      if (message.id !== undefined) send({ id: message.id, result: null });
      notifications.push(message);
      for (const listener of listeners) listener();
      return;
    }
    const one = waiting.get(message.id as number);
    waiting.delete(message.id as number);
    if (message.error) one?.reject(Object.assign(new Error(message.error.message), { code: message.error.code }));
    else one?.resolve(message.result);
  }
  const write = (bytes: string | Uint8Array) => void child.stdin?.write(bytes);
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const limited = <T>(what: string, work: Promise<T>): Promise<T> => {
    let timer: ReturnType<typeof setTimeout>;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Nothing came of ${what}. ${errors}`)), answerMsMax);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  };

  const client: LspClient = {
    child,
    notifications,
    ended,
    request: (method, params) =>
      limited(
        method,
        new Promise((resolve, reject) => {
          const id = nextId++;
          waiting.set(id, { resolve, reject });
          send({ id, method, params });
        }),
      ),
    notify: (method, params) => send({ method, params }),
    write,
    next: (method, fits = () => true) =>
      limited(
        method,
        new Promise((resolve) => {
          const look = () => {
            const found = notifications.find((one) => one.method === method && fits(one.params));
            if (found === undefined) return;
            listeners.delete(look);
            resolve(found.params);
          };
          listeners.add(look);
          look();
        }),
      ),
    async start(folder, capabilities = {}) {
      const rootUri = folder === null ? null : pathToFileURL(folder).href;
      const result = await client.request('initialize', { processId: process.pid, rootUri, capabilities });
      client.notify('initialized', {});
      return result;
    },
    open(uri, text) {
      client.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'regimen', version: 1, text } });
    },
    async diagnostics(uri, version) {
      const found = await client.next(
        'textDocument/publishDiagnostics',
        (params) => params.uri === uri && params.version === version,
      );
      return found.diagnostics;
    },
    async stop() {
      await client.request('shutdown').catch(() => {});
      client.notify('exit');
      return limited('the end', ended);
    },
  };
  return client;
}
