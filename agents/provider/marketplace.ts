import { z } from "zod";
import { type Answer, type SiteApi, SiteRefused, signIn, siteApi } from "../client/site-api";
import type { ProviderConfig } from "./read-config";

export type Marketplace = ReturnType<typeof marketplace>;

const nonceAnswer = z.looseObject({ uri: z.url(), issuedAt: z.iso.datetime() });

/** The marketplace as its account sees it: signs in when it has to, and again when its session has run out. */
export function marketplace({ site, account }: Pick<ProviderConfig, "site" | "account">) {
  const anybody = siteApi(site);
  let session: Promise<SiteApi> | null = null;

  async function send(method: string, path: string, body?: unknown): Promise<Answer> {
    session ??= signIn(site, account);
    const used = session;
    try {
      return await (await used).send(method, path, body);
    } catch (error) {
      if (session === used) session = null; // Also a sign-in that failed is tried again.
      if (!(error instanceof SiteRefused) || error.status !== 401) throw error;
    }
    session ??= signIn(site, account);
    return (await session).send(method, path, body);
  }

  return {
    get: (path: string) => send("GET", path),
    post: (path: string, body: unknown) => send("POST", path, body),
    /** What anybody may ask. */
    anybody,
    /** The name that the marketplace gives itself, and its clock. */
    async introduce(): Promise<{ origin: string; aheadMs: number }> {
      const { uri, issuedAt } = nonceAnswer.parse(await anybody.post("/api/v1/auth/nonce", {}));
      return { origin: new URL(uri).origin, aheadMs: Date.parse(issuedAt) - Date.now() };
    },
  };
}
