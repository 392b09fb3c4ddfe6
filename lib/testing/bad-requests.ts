import type { Operation } from "@/lib/http/define-operation";
import { badBodies, strangeBodies } from "./bad-values";
import type { Sent } from "./call-operation";
import { randomSource } from "./random-source";

export type BadRequest = { why: string; sent: Sent };

/** A call that would be let in, and who is somebody else. */
export type Right = { sent: Sent; body: Record<string, unknown> | null };

const KIB = 1024;

const MALFORMED_JSON: readonly [string, BodyInit][] = [
  ["a cut object", "{"],
  ["a cut text", '{"a":"'],
  ["a trailing comma", '{"a":1,}'],
  ["single quotes", "{'a':1}"],
  ["a comment", "{} // yes"],
  ["two values", "{}{}"],
  ["plain text", "hello"],
  ["a form", "a=1&b=2"],
  ["XML", "<a/>"],
  ["NaN", '{"a":NaN}'],
  ["a leading zero", '{"a":01}'],
  ["a control character", '{"a":"\u0001"}'],
  ["half a surrogate pair", '{"a":"\\ud800"}'],
  ["a NUL", '{"a":"\\u0000"}'],
  ["a NUL in a name", '{"\\u0000":1}'],
  ["a number past every double", '{"a":1e999}'],
  ["__proto__", '{"__proto__":{"admin":true}}'],
  ["33 levels", `${"[".repeat(33)}${"]".repeat(33)}`],
  ["a tower", `${"[".repeat(50_000)}${"]".repeat(50_000)}`],
  ["bytes that are no UTF-8", new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
  ["UTF-16", new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00])],
  ["only spaces", "   "],
];

const MEDIA_TYPES = [
  "text/plain",
  "text/json",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/json; charset=utf-16",
  "application/json; charset=utf-8; charset=utf-16",
  "application/json, application/json",
  "application/problem+json",
  "application/jsonp",
  "json",
  "*/*",
];

const PATH_IDS = [
  "nothing",
  "0",
  "-1",
  "null",
  "..",
  ".",
  "../../api/health",
  "%2e%2e%2f",
  "str_",
  "str_../x",
  "str_a b",
  "str_'or'1'='1",
  "str_\u0000",
  "str_\u{1f600}",
  `str_${"a".repeat(65)}`,
  "req_<script>",
  "svc_a/b",
  "UPPER-CASE",
  "a".repeat(5_000),
  "ai_ml%00",
  "constructor",
  "__proto__",
  "[object Object]",
];

const KEYS = [
  "two words",
  "tab\there",
  "a, b",
  ",",
  "x".repeat(256),
  "x".repeat(4_000),
  "ü",
  "\u00a0",
  "é".repeat(20),
];

const CREDENTIALS = [
  "Bearer",
  "Bearer short",
  `Bearer ${"A".repeat(42)}`,
  `Bearer ${"A".repeat(43)}`,
  `Bearer ${"A".repeat(44)}`,
  `bearer ${"A".repeat(43)}`,
  `Basic ${Buffer.from("a:b").toString("base64")}`,
  "Payment e30",
  "Bearer null",
  "Bearer undefined",
  `Bearer ${"A".repeat(43)}, Bearer ${"B".repeat(43)}`,
  "Digest username=x",
];

/**
 * At least `count` requests that an operation has to refuse, from what its definition says: its body, query, path,
 * headers and caller, one wrong thing at a time.
 */
export function badRequests(operation: Operation, right: Right, count: number): BadRequest[] {
  const made = [
    ...(right.body ? bodyCases(operation, right) : []),
    ...(operation.method === "GET" ? [] : rawCases(right)),
    ...queryCases(operation, right),
    ...pathCases(operation, right),
    ...headerCases(operation, right),
    ...callerCases(operation, right),
  ];
  return [...made, ...strangeCases(operation, right, Math.max(0, count - made.length))];
}

function bodyCases(operation: Operation, { sent, body }: Right): BadRequest[] {
  return badBodies(operation.body, body ?? {}).map((bad) => ({
    why: bad.why,
    sent: { ...sent, json: bad.body },
  }));
}

function rawCases({ sent, body }: Right): BadRequest[] {
  const { json: _json, ...bare } = sent;
  const raw = (why: string, content: BodyInit, type: string | null = "application/json"): BadRequest => ({
    why,
    sent: {
      ...bare,
      raw: content,
      headers: { ...(bare.headers as object), ...(type ? { "Content-Type": type } : {}) },
    },
  });
  const right = JSON.stringify(body ?? {});
  return [
    ...MALFORMED_JSON.map(([why, content]) => raw(why, content)),
    ...["[]", '"text"', "1", "true", "null", '[{"a":1}]'].map((content) =>
      raw(`top level ${content}`, content),
    ),
    ...MEDIA_TYPES.map((type) => raw(`Content-Type: ${type}`, right, type)),
    raw("257 KiB", JSON.stringify({ stranger: "x".repeat(257 * KIB) })),
    raw(
      "257 KiB in chunks",
      inChunks(257, () => new Uint8Array(KIB).fill(0x20)),
    ),
    raw("a wrong Content-Length of 1 GiB", right),
  ].map((bad) =>
    bad.why.startsWith("a wrong Content-Length")
      ? {
          ...bad,
          sent: { ...bad.sent, headers: { ...(bad.sent.headers as object), "Content-Length": "1073741824" } },
        }
      : bad,
  );
}

function inChunks(count: number, chunk: () => Uint8Array): ReadableStream<Uint8Array> {
  let left = count;
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(chunk());
      else controller.close();
    },
  });
}

function queryCases({ query }: Operation, { sent }: Right): BadRequest[] {
  const bad = (why: string, text: string): BadRequest => ({ why: `?${why}`, sent: { ...sent, query: text } });
  const values = [
    "",
    "0",
    "-1",
    "101",
    "1.5",
    "1e2",
    "01",
    " 1",
    "9".repeat(30),
    "x".repeat(600),
    "%00",
    "%ff",
    "%ZZ",
  ];
  const known = Object.entries(query.shape).flatMap(([name, field]) =>
    values
      .filter(
        (value) =>
          !safe(
            () =>
              (field as { safeParse(v: unknown): { success: boolean } }).safeParse(decodeURIComponent(value))
                .success,
          ),
      )
      .map((value) => bad(`${name}=${value.slice(0, 20)}`, `${name}=${value}`)),
  );
  const twice = Object.keys(query.shape).map((name) => bad(`${name} twice`, `${name}=1&${name}=1`));
  const unknown = ["stranger=1", "__proto__=1", "constructor=1", "limit[]=1", "%FF=1", "a=1&a=2", "%00=1"];
  return [...known, ...twice, ...unknown.map((text) => bad(text, text))];
}

function safe(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return false; // decodeURIComponent refuses it: so must the server.
  }
}

function pathCases({ params }: Operation, { sent }: Right): BadRequest[] {
  return Object.keys(params.shape).flatMap((name) =>
    PATH_IDS.map((id) => ({
      why: `{${name}} = ${JSON.stringify(id.slice(0, 30))}`,
      sent: { ...sent, params: { ...sent.params, [name]: id } },
    })),
  );
}

function headerCases(_operation: Operation, { sent }: Right): BadRequest[] {
  const bad = (why: string, entries: [string, string][]): BadRequest => {
    const headers = new Headers(sent.headers);
    for (const [name, value] of entries) headers.append(name, value);
    return { why, sent: { ...sent, headers } };
  };
  return [
    ...KEYS.map((key) => bad(`Idempotency-Key: ${key.slice(0, 20)}`, [["Idempotency-Key", key]])),
    bad("two Idempotency-Keys", [
      ["Idempotency-Key", "one"],
      ["Idempotency-Key", "two"],
    ]),
    bad("an endless header", [["X-Long", "x".repeat(9 * KIB)]]),
  ];
}

/** Callers that are nobody, were somebody, or ride on somebody's cookie. */
function callerCases({ auth, method }: Operation, { sent }: Right): BadRequest[] {
  if (auth === "none") return [];
  const { token, ...nobody } = sent;
  const as = (why: string, headers: Record<string, string>): BadRequest => ({
    why,
    sent: { ...nobody, headers: { ...(sent.headers as object), ...headers } },
  });
  return [
    { why: "nobody", sent: nobody },
    ...CREDENTIALS.map((value) => as(`Authorization: ${value.slice(0, 24)}`, { Authorization: value })),
    as("two tokens", { Authorization: `Bearer ${token}, Bearer ${token}` }),
    as("two cookies", { Cookie: `session=${token}; session=${token}`, Origin: "http://localhost:3000" }),
    as("the cookie of another name", { Cookie: `__Host-session=${token}`, Origin: "http://localhost:3000" }),
    ...(auth === "account" && method !== "GET"
      ? [
          "https://evil.example",
          "null",
          "http://localhost:3000.evil.example",
          "http://localhost:3001",
          "",
        ].map((origin) =>
          as(`a cookie from ${origin || "nowhere"}`, {
            Cookie: `session=${token}`,
            ...(origin ? { Origin: origin } : {}),
          }),
        )
      : []),
  ];
}

function strangeCases(operation: Operation, { sent, body }: Right, count: number): BadRequest[] {
  const random = randomSource(11);
  const bodies = body && operation.method !== "GET" ? strangeBodies(body, Math.ceil(count / 2)) : [];
  const queries = Array.from(
    { length: count - bodies.length },
    () => `${random.text(6)}=${random.text(random.below(40))}`,
  );
  return [
    ...bodies.map((bad) => ({ why: bad.why, sent: { ...sent, json: bad.body } })),
    ...queries.map((query) => ({ why: `?${query}`, sent: { ...sent, query } })),
  ];
}
