import "server-only";
import { pool } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import { SERVICE_COLUMNS, type ServiceDetail, type ServiceRow, toServiceDetail } from "./service-row";

/** One service of an active provider. @throws ProblemError `service-not-found` */
export async function getService(serviceId: string): Promise<ServiceDetail> {
  const { rows } = await pool().query<ServiceRow>(
    `select ${SERVICE_COLUMNS} from service s join provider p on p.id = s.provider_id
      where s.id = $1 and s.active and p.active`,
    [serviceId],
  );
  if (rows[0]) return toServiceDetail(rows[0]);
  throw new ProblemError("service-not-found", "There is no such service.");
}
