import "server-only";
import { pool } from "@/lib/db/pool";

const CAPABILITIES_MAX = 200;

/** What active providers can do, the most offered first: the choices of the market's filter. */
export async function listCapabilities(): Promise<string[]> {
  const { rows } = await pool().query<{ capability: string }>(
    `select capability from provider p cross join lateral unnest(p.capabilities) as capability
      where p.active group by capability order by count(*) desc, lower(capability) limit $1`,
    [CAPABILITIES_MAX],
  );
  return rows.map(({ capability }) => capability);
}
