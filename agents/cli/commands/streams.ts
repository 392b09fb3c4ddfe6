import { z } from "zod";
import { formatDuration } from "@/lib/format";
import { showAmount } from "../amounts";
import type { Command } from "../command";
import { listAll } from "../list-all";
import { showTable } from "../show-table";

const stream = z.looseObject({
  id: z.string(),
  rail: z.string(),
  status: z.string(),
  provider: z.looseObject({ id: z.string() }),
  asset: z.looseObject({ decimals: z.int() }),
  ratePerDay: z.string(),
  used: z.string(),
  remaining: z.string(),
  runwayMs: z.int(),
});

export const streams: Command = {
  name: "streams",
  usage: "",
  summary: "Your streams, newest first",
  options: { status: { type: "string" }, role: { type: "string" } },
  help: ["--status   active, paused, exhausted, closing, settled …", "--role     sender or receiver"],
  arguments: [0, 0],
  async run({ me, values }) {
    const query = new URLSearchParams();
    for (const name of ["status", "role"]) if (values[name]) query.set(name, String(values[name]));
    const found = await listAll(await me(), `/api/v1/streams?${query}`, stream);
    return {
      data: found,
      lines: showTable(
        ["stream", "provider", "rail", "status", "a day", "used", "remaining", "runway"],
        found.map((one) => [
          ...[one.id, one.provider.id, one.rail, one.status],
          ...[one.ratePerDay, one.used, one.remaining].map((units) => showAmount(units, one.asset.decimals)),
          one.status === "active" ? formatDuration(BigInt(one.runwayMs)) : "",
        ]),
        "You have no streams.",
      ),
    };
  },
};
