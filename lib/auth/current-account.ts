import "server-only";
import { cookies } from "next/headers";
import { databaseConfigured } from "@/lib/env";
import { accountOfToken, type SignedIn } from "./account-of-token";
import { sessionCookieName } from "./session-cookie";

/** Who is signed in, for pages and server actions (Next checks the Origin of actions itself). Null for a guest. */
export async function currentAccount(): Promise<SignedIn | null> {
  if (!databaseConfigured()) return null;
  const token = (await cookies()).get(sessionCookieName())?.value;
  return token ? accountOfToken(token) : null;
}
