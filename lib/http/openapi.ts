import { z } from "zod";
import type { PaidService } from "@/lib/market/list-paid-services";
import type { PaymentWays } from "@/lib/mpp/payment-ways";
import { paths } from "@/lib/paths";
import type { Operation } from "./define-operation";
import { paidPaths } from "./openapi-paid-paths";
import { operations } from "./operations";
import { paymentMethods } from "./payment-methods";
import { idempotencyKey } from "./schemas";

type Json = Record<string, unknown>;

/** What the whole document says of the site; the paths come from the operations and from the market. */
const INFO = {
  title: "Superstream",
  version: "1.0.0",
  description:
    "Services bought by the second. Open a stream of money to a provider; while it flows, its calls are authorised. " +
    "Amounts are decimal strings of base units; times are ISO-8601 UTC or integers whose name ends in Ms.",
};

/** What a buyer needs. Crawlers of registries read 64 KB, so that the rest stands in a document of its own. */
const FOR_BUYERS = new Set([
  ...["createNonce", "createSession", "getSession", "deleteSession"],
  ...["listProviders", "findCheapestProvider", "getProvider"],
  ...[
    "openStream",
    "listStreams",
    "getStream",
    "listStreamEvents",
    "topUpStream",
    "closeStream",
    "pauseStream",
  ],
  ...["resumeStream", "changeStreamTier", "setAutoTopUp"],
  ...["getWallet", "creditWallet", "getRequest", "getReceipt"],
]);
/** What opening a stream on a chain takes; its answers are described in the whole API's document. */
const ON_A_CHAIN = new Set(["planStream", "planClose", "relayOpening", "getRelay"]);
/** Characters of the buyers' document: 64 KB, with room for a longer host name than the one it was written with. */
const BUYERS_MAX = 64_000;

/**
 * The OpenAPI 3.1 document for buyers: a path for each paid service with `x-payment-info` in the two dialects that
 * registries read, and the operations that paying takes. Advisory: the 402 of a paid path decides.
 *
 * @param services what can be called and paid now; those that fit into 64 KB
 * @param origin where this site is reached
 * @param ways how it is paid
 */
export function buildOpenApi(services: readonly PaidService[], origin: string, ways: PaymentWays): Json {
  const document = {
    ...buildDocument(
      [...operations.filter(({ id }) => FOR_BUYERS.has(id)), ...(ways.chain ? chainOperations() : [])],
      origin,
    ),
    "x-payment-methods": paymentMethods(ways),
  };
  const room = BUYERS_MAX - JSON.stringify(document).length;
  return { ...document, paths: { ...paidPaths(services, { origin, ways, room }), ...document.paths } };
}

function chainOperations(): Operation[] {
  const output = z.unknown().meta({ description: `Described in ${paths.wholeOpenapi}.` });
  return operations.filter(({ id }) => ON_A_CHAIN.has(id)).map((operation) => ({ ...operation, output }));
}

/** The OpenAPI 3.1 document of the whole API: every operation for callers. */
export function buildWholeOpenApi(origin: string): Json {
  return buildDocument(operations, origin);
}

function buildDocument(listed: readonly Operation[], origin: string) {
  const schemas: Json = { Problem: problemSchema };
  const documented: Record<string, Json> = {};
  for (const operation of listed.filter(forCallers)) {
    documented[operation.path] = {
      ...documented[operation.path],
      [operation.method.toLowerCase()]: toOpenApi(operation, schemas),
    };
  }
  return {
    openapi: "3.1.0",
    info: INFO,
    servers: [{ url: origin }],
    externalDocs: { description: "Every operation of the API.", url: `${origin}${paths.wholeOpenapi}` },
    "x-service-info": {
      categories: ["marketplace", "compute", "data"],
      docs: { homepage: origin, apiReference: `${origin}${paths.openapi}`, llms: `${origin}${paths.llms}` },
    },
    paths: documented,
    components: {
      schemas,
      parameters: {
        IdempotencyKey: {
          name: "Idempotency-Key",
          in: "header",
          schema: jsonSchema(idempotencyKey, "input", schemas),
          description: "The same key with the same request moves money once and gives the same answer.",
        },
      },
      responses: { Problem: problemAnswer, PaymentRequired: paymentRequired },
      securitySchemes: {
        session: { type: "http", scheme: "bearer", description: "The token of POST /api/v1/auth/session." },
      },
    },
  };
}

function forCallers({ auth }: Operation): boolean {
  return auth === "none" || auth === "account";
}

function toOpenApi(operation: Operation, schemas: Json): Json {
  const parameters = [
    ...parametersOf("path", operation.params, schemas),
    ...parametersOf("query", operation.query, schemas),
    ...(operation.keyed ? [{ $ref: "#/components/parameters/IdempotencyKey" }] : []),
  ];
  const hasBody = Object.keys(operation.body.shape).length > 0;
  const codes = problemCodes(operation);
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.tag],
    ...(operation.auth === "account" ? { security: [{ session: [] }] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(hasBody
      ? {
          requestBody: {
            required: !operation.body.safeParse({}).success,
            content: { "application/json": { schema: jsonSchema(operation.body, "input", schemas) } },
          },
        }
      : {}),
    responses: {
      [operation.status]: {
        description: "Success",
        content: { [operation.media]: { schema: jsonSchema(operation.output, "output", schemas) } },
      },
      default: { $ref: "#/components/responses/Problem" },
    },
    ...(codes.length > 0 ? { "x-problem-codes": codes } : {}),
  };
}

function parametersOf(where: "path" | "query", schema: z.ZodObject, schemas: Json): Json[] {
  return Object.entries(schema.shape).map(([name, field]) => ({
    name,
    in: where,
    ...(where === "path" ? { required: true } : {}),
    schema: jsonSchema(field as z.ZodType, "input", schemas),
  }));
}

/** A schema for the document. What has an id of its own is described once, under components. */
function jsonSchema(schema: z.ZodType, io: "input" | "output", schemas: Json): Json {
  const described = z.toJSONSchema(schema, {
    io,
    target: "draft-2020-12",
    override: (context) => {
      shorten(context);
      if (io === "output") openEnded(context);
    },
  }) as Json;
  const { $schema: _dialect, $defs, id: _id, ...own } = described;
  Object.assign(schemas, relocate($defs ?? {}));
  return relocate(own) as Json;
}

/**
 * Leaves out what every schema would repeat: the bounds of a double, and that an answer has no other members (it may get
 * some: members are only ever added).
 */
function shorten({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  delete jsonSchema.examples;
}

function openEnded({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

function relocate(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/'));
}

/** Refusals of this operation's own, beside those that any operation may give. */
function problemCodes(operation: Operation): string[] {
  const hasPath = Object.keys(operation.params.shape).length > 0;
  return [...operation.problems, ...(hasPath ? [operation.notFound] : [])];
}

/** Refusals that any operation may give. */
const COMMON_CODES = [
  "sign-in-required",
  "forbidden-origin",
  "malformed-request",
  "malformed-json",
  "unsupported-media-type",
  "body-too-large",
  "headers-too-large",
  "invalid-input",
  "rate-limited",
  "not-configured",
  "unavailable",
  "internal",
];

const problemAnswer = {
  description: `Problem details (RFC 9457). Beside an operation's x-problem-codes: ${COMMON_CODES.join(", ")}.`,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

const paymentRequired = {
  description:
    "Payment required: a challenge in WWW-Authenticate, and how to repair it in the problem details",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

const problemSchema = {
  type: "object",
  required: ["type", "title", "status", "detail", "code"],
  properties: {
    type: { type: "string", format: "uri", description: "A page of this site that explains the problem." },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string" },
    errors: {
      type: "array",
      description: "Of invalid input: where and what.",
      items: {
        type: "object",
        required: ["pointer", "message"],
        properties: { pointer: { type: "string" }, message: { type: "string" } },
      },
    },
    retryAfterSeconds: { type: "number" },
  },
};
