import "server-only";
import { pool } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import { PROVIDER_COLUMNS, type ProviderRow, type ProviderView, toProviderView } from "./provider-row";

/** One provider, also one that takes no new streams. @throws ProblemError `provider-not-found` */
export async function getProvider(providerId: string): Promise<ProviderView> {
  const database = pool();
  const { rows } = await database.query<ProviderRow>(
    `select ${PROVIDER_COLUMNS} from provider p where p.id = $1`,
    [providerId],
  );
  if (rows[0]) return toProviderView(rows[0]);
  throw new ProblemError("provider-not-found", `Provider ${providerId} not registered`);
}
