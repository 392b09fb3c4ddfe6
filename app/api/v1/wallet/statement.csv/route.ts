import { handle } from "@/lib/http/handle";
import { exportStatementOperation } from "@/lib/http/operations/account-operations";
import { serve } from "@/lib/http/serve";
import { eachStatementRow } from "@/lib/ledger/list-statement";
import { STATEMENT_CSV_HEADER, statementCsv } from "@/lib/ledger/statement-csv";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(exportStatementOperation, async ({ actor, query }) => {
    const batches = eachStatementRow({ actor, ...query });
    // The first batch is read before the answer begins: what cannot be read is refused, not cut short.
    const first = await batches.next();
    return new Response(toStream(first, batches), {
      headers: {
        "Content-Type": "text/csv; charset=utf-8; header=present",
        "Content-Disposition": `attachment; filename="superstream-statement-${actor.slice(0, 8)}.csv"`,
        "Cache-Control": "no-store",
      },
    });
  }),
);

type Batches = ReturnType<typeof eachStatementRow>;

/** One batch at a time, when the reader asks for more: a long statement never stands in memory. */
function toStream(first: Awaited<ReturnType<Batches["next"]>>, batches: Batches): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next: typeof first | null = first;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(STATEMENT_CSV_HEADER));
    },
    async pull(controller) {
      const { done, value } = next ?? (await batches.next());
      next = null;
      if (done) controller.close();
      else controller.enqueue(encoder.encode(statementCsv(value)));
    },
    async cancel() {
      await batches.return(undefined);
    },
  });
}
