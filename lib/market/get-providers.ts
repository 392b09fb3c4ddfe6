import "server-only";
import { pool } from "@/lib/db/pool";
import { PROVIDER_COLUMNS, type ProviderRow, type ProviderView, toProviderView } from "./provider-row";

/** Providers by id, in the order asked for, active or not. Ids that nobody has are left out. */
export async function getProviders(ids: readonly string[]): Promise<ProviderView[]> {
  const { rows } = await pool().query<ProviderRow>(
    `select ${PROVIDER_COLUMNS} from provider p where p.id = any ($1::text[])`,
    [ids],
  );
  return ids.flatMap((id) => rows.filter((row) => row.id === id).map(toProviderView));
}
