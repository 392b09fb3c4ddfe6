import "server-only";
import { pool } from "@/lib/db/pool";
import { CATEGORIES, type Category } from "./categories";

export type CategoryCount = { id: Category; services: number; providers: number };

/** All six categories, also the empty ones, with how many services of how many active providers each has. */
export async function listCategories(): Promise<CategoryCount[]> {
  const { rows } = await pool().query<CategoryCount>(
    `select s.category as id, count(*)::int as services, count(distinct s.provider_id)::int as providers
       from service s join provider p on p.id = s.provider_id where s.active and p.active group by s.category`,
  );
  return CATEGORIES.map((id) => rows.find((row) => row.id === id) ?? { id, services: 0, providers: 0 });
}
