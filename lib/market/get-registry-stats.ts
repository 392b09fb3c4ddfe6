import "server-only";
import { pool } from "@/lib/db/pool";

export type RegistryStats = {
  totalProviders: number;
  activeProviders: number;
  totalServices: number;
  activeServices: number;
};

/** How many providers and services are registered (S1.4). */
export async function getRegistryStats(): Promise<RegistryStats> {
  const { rows } = await pool().query<RegistryStats>(
    `select (select coalesce(sum(providers), 0)::int from counter where scope = 'market') as "totalProviders",
            (select coalesce(sum(providers_active), 0)::int from counter where scope = 'market') as "activeProviders",
            (select count(*)::int from service) as "totalServices",
            (select count(*)::int from service s join provider p on p.id = s.provider_id
              where s.active and p.active) as "activeServices"`,
  );
  if (!rows[0]) throw new Error("A select without from gave no row.");
  return rows[0];
}
