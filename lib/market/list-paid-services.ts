import "server-only";
import { pool } from "@/lib/db/pool";
import { PROVIDER_COLUMNS, type ProviderRow, type ProviderView, toProviderView } from "./provider-row";
import { SERVICE_COLUMNS, type ServiceDetail, type ServiceRow, toServiceDetail } from "./service-row";

export type PaidService = { provider: ProviderView; service: ServiceDetail };

/** The first `limit` services that can be called now, the oldest providers first, each with its provider. */
export async function listPaidServices({ limit }: { limit: number }): Promise<PaidService[]> {
  const services = await pool().query<ServiceRow>(
    `select ${SERVICE_COLUMNS} from service s join provider p on p.id = s.provider_id
      where s.active and p.active order by p.created_at, p.id, s.slug limit $1`,
    [limit],
  );
  const ids = [...new Set(services.rows.map(({ providerId }) => providerId))];
  const providers = await pool().query<ProviderRow>(
    `select ${PROVIDER_COLUMNS} from provider p where p.id = any ($1)`,
    [ids],
  );
  const byId = new Map(providers.rows.map((row) => [row.id, toProviderView(row)]));
  return services.rows.flatMap((row) => {
    const provider = byId.get(row.providerId); // Gone if it was removed between the two reads.
    return provider ? [{ provider, service: toServiceDetail(row) }] : [];
  });
}
