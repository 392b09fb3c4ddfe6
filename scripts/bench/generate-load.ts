// The load generator: a process of its own, told by messages what to send (see load-generator.ts). Raw sockets, kept alive,
// one request under way on each: about a quarter of what autocannon costs, so that two cores are left to what is measured.
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadPlan, LoadTarget } from "./load-plan";
import { type LoadCount, serveLoad } from "./serve-load";

const BUFFER_BYTES = 64 * 1024;
/** Longest wait for the answers under way when a run ends. */
const DRAIN_MS = 10_000;

/** Idempotency keys, and the place in the list of credentials: never the same twice in the life of this process. */
let sent = 0;
const keyOf = `bench-${process.pid}-${Date.now().toString(36)}-`;
const credentials = new Map<string, { lines: string[]; next: number }>();

serveLoad(({ target, connections }: LoadPlan, count) => {
  const write = requestWriter(target);
  const run: Run = { count, underWay: 0 };
  const sockets = Array.from({ length: connections }, () => openConnection(target.port, write, run));
  return async () => {
    const deadline = performance.now() + DRAIN_MS;
    while (run.underWay > 0 && performance.now() < deadline) await sleep(5);
    if (run.underWay > 0) count.fail("no answer", run.underWay);
    for (const socket of sockets) socket.destroy();
  };
});

type Run = { count: LoadCount; underWay: number };

/** One socket, one request after the other until the run ends. */
function openConnection(port: number, write: (socket: Socket) => void, run: Run): Socket {
  const { count } = run;
  let began = 0;
  let waiting = false;
  let partial: Buffer | null = null;

  const next = () => {
    if (count.phase === "end") return;
    began = performance.now();
    try {
      write(socket);
      waiting = true;
      run.underWay += 1;
    } catch (error) {
      count.fail((error as Error).message);
    }
  };
  const received = (size: number, buffer: Uint8Array) => {
    const fresh = (buffer as Buffer).subarray(0, size);
    const whole: Buffer = partial ? Buffer.concat([partial, fresh]) : fresh;
    const status = statusWhenWhole(whole);
    if (status === null) {
      partial = Buffer.from(whole); // The buffer is used again for what comes next.
      return true;
    }
    partial = null;
    waiting = false;
    run.underWay -= 1;
    if (status >= 200 && status <= 299) count.succeed(performance.now() - began);
    else count.fail(`${status} ${bodyStart(whole)}`);
    next();
    return true;
  };
  const socket = connect({
    port,
    host: "127.0.0.1",
    noDelay: true,
    onread: { buffer: Buffer.allocUnsafe(BUFFER_BYTES), callback: received },
  });
  socket.once("connect", next);
  socket.once("error", (error) => count.fail(error.message));
  socket.once("close", () => {
    if (waiting) run.underWay -= 1;
    if (waiting || count.phase !== "end") count.fail("the server closed the connection");
  });
  return socket;
}

/** Everything of a request that stays the same is made once. */
function requestWriter(target: LoadTarget): (socket: Socket) => void {
  const { method, path, port, headers = {}, body = "", tokens, fresh } = target;
  const head = [`${method} ${path} HTTP/1.1`, `host: 127.0.0.1:${port}`];
  for (const [name, value] of Object.entries(headers)) head.push(`${name}: ${value}`);
  if (body) head.push(`content-length: ${Buffer.byteLength(body)}`);
  const start = `${head.join("\r\n")}\r\n`;
  const end = `\r\n${body}`;

  return (socket) => {
    sent += 1;
    let own = "";
    if (tokens) own += `stream-session: ${tokens[sent % tokens.length]}\r\n`;
    if (fresh === "idempotency-key") own += `idempotency-key: ${keyOf}${sent}\r\n`;
    else if (fresh) own += `authorization: ${nextCredential(fresh.credentialsFile)}\r\n`;
    socket.write(start + own + end, "latin1");
  };
}

function nextCredential(file: string): string {
  let list = credentials.get(file);
  if (!list) {
    list = { lines: readFileSync(file, "latin1").split("\n").filter(Boolean), next: 0 };
    credentials.set(file, list);
  }
  const line = list.lines[list.next];
  if (line === undefined) throw new Error("The prepared credentials ran out: prepare more.");
  list.next += 1;
  return line;
}

const HEAD_END = "\r\n\r\n";
const LAST_CHUNK = Buffer.from("\r\n0\r\n\r\n");

/** The status of an answer that is there to its end, else null. Only one answer is ever under way on a connection. */
function statusWhenWhole(answer: Buffer): number | null {
  const headEnd = answer.indexOf(HEAD_END, 0, "latin1");
  if (headEnd === -1) return null;
  const status = Number(answer.toString("latin1", 9, 12));
  if (status === 204) return status;
  const head = answer.toString("latin1", 0, headEnd + 2);
  const at = head.search(/\r\ncontent-length: /i);
  if (at === -1) return answer.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) ? status : null;
  const length = Number.parseInt(head.slice(at + 18), 10);
  return answer.length >= headEnd + 4 + length ? status : null;
}

function bodyStart(answer: Buffer): string {
  const text = answer.toString("latin1", answer.indexOf(HEAD_END, 0, "latin1") + 4);
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/req_\w+/g, "req_…")
    .slice(0, 160);
}
