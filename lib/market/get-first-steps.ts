import "server-only";
import { pool } from "@/lib/db/pool";

/** How far an account has come on its first visit. */
export type FirstSteps = {
  signedIn: boolean;
  opened: boolean;
  answered: boolean;
  /** Calls served on the latest streams. */
  served: bigint;
};

/** Streams looked at: whoever has opened more than this many is no newcomer, served or not. */
const STREAMS_LOOKED_AT = 50;

/** @param address of the account, in any case; null when nobody is signed in */
export async function getFirstSteps(address: string | null): Promise<FirstSteps> {
  if (address === null) return { signedIn: false, opened: false, answered: false, served: 0n };
  const { rows } = await pool().query<{ opened: boolean; answered: boolean; served: string }>(
    `select count(*) > 0 as opened, coalesce(bool_or(served > 0), false) or count(*) = $2 as answered,
            coalesce(sum(served), 0)::text as served
       from (select served from stream where sender = $1 order by opened_ms desc, id desc limit $2) latest`,
    [address.toLowerCase(), STREAMS_LOOKED_AT],
  );
  const { opened = false, answered = false, served = "0" } = rows[0] ?? {};
  return { signedIn: true, opened, answered, served: BigInt(served) };
}
