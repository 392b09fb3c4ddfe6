const segment = encodeURIComponent;

/** Every page and endpoint that another file links to. */
export const paths = {
  market: "/",
  provider: (providerId: string) => `/providers/${segment(providerId)}`,
  /** Providers side by side, in the order of `providerIds`. */
  compare: (providerIds: readonly string[]) => `/compare?ids=${providerIds.map(segment).join(",")}`,
  streams: "/streams",
  wall: "/streams/wall",
  stream: (streamId: string) => `/streams/${segment(streamId)}`,
  receipt: (requestId: string) => `/receipts/${segment(requestId)}`,
  problem: (code: string) => `/problems/${code}`,
  wallet: "/wallet",
  alerts: "/alerts",
  simulator: "/simulator",
  status: "/status",
  docs: "/docs",
  setup: "/setup",
  openapi: "/openapi.json",
  wholeOpenapi: "/openapi/full.json",
  llms: "/llms.txt",
  agentManifest: "/.well-known/superstream-agent.json",
  jwks: "/.well-known/jwks.json",
  api: {
    mcp: "/api/mcp",
    nonce: "/api/v1/auth/nonce",
    session: "/api/v1/auth/session",
    statementCsv: "/api/v1/wallet/statement.csv",
    streams: "/api/v1/streams",
    planStream: "/api/v1/streams/plan",
    planClose: "/api/v1/streams/plan-close",
    relayOpening: "/api/v1/streams/relay",
    simulations: "/api/v1/simulations",
    stream: (streamId: string) => `/api/v1/streams/${segment(streamId)}`,
    alerts: "/api/v1/alerts",
    request: (requestId: string) => `/api/v1/requests/${segment(requestId)}`,
    receipt: (requestId: string) => `/api/v1/receipts/${segment(requestId)}`,
  },
  /** The paid door of a provider: `path` is the service's own, with its leading slash. */
  door: (providerId: string, path: string) => `/api/p/${segment(providerId)}${path}`,
} as const;
