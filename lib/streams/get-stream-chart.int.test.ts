import { expect, test } from "vitest";
import {
  authorise,
  fundedAddress,
  HOUR_MS,
  listProvider,
  someCall,
  TOKEN,
} from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS as T0 } from "@/lib/testing/simulated-ledger";
import { closeStream } from "./close-stream";
import { getStreamChart } from "./get-stream-chart";
import { openStream } from "./open-stream";
import { pauseStream } from "./pause-stream";
import { resumeStream } from "./resume-stream";
import { topUpStream } from "./top-up-stream";

const { simulated } = ledgerForFile();
const tiers = {
  basic: { rate: { amount: 24n * TOKEN, periodMs: 24n * HOUR_MS }, maxRequestsPerHour: 1 },
};
const hour = (hours: number) => Number(T0) + hours * 3_600_000;

test("the staircase, the accrual with its standstill, and the way to empty meet where the ledger says", () =>
  simulated(async ({ db, at }) => {
    const provider = await listProvider(db, { tiers });
    const actor = await fundedAddress(db, 100n * TOKEN);
    const { id: streamId } = await openStream(
      { actor, providerId: provider.id, tier: "basic", deposit: 4n * TOKEN },
      db,
    );
    await at(T0 + HOUR_MS);
    await pauseStream({ actor, streamId }, db);
    await at(T0 + 2n * HOUR_MS);
    await resumeStream({ actor, streamId }, db);
    await topUpStream({ actor, streamId, amount: 2n * TOKEN }, db);
    await at(T0 + 3n * HOUR_MS);
    const call = () => authorise(db, someCall({ providerId: provider.id, payer: actor }));
    expect((await call()).outcome).toBe("authorised");
    expect((await call()).outcome).toBe("denied");
    expect((await call()).outcome).toBe("denied");

    expect(await getStreamChart({ actor: provider.owner, streamId }, db)).toEqual({
      deposited: [
        { x: hour(0), y: 4 },
        { x: hour(2), y: 6 },
        { x: hour(7) + 1, y: 6 },
      ],
      accrued: [
        { x: hour(0), y: 0 },
        { x: hour(1), y: 1 },
        { x: hour(2), y: 1 },
        { x: hour(3), y: 2 },
      ],
      projected: [
        { x: hour(3), y: 2 },
        { x: hour(7) + 1, y: 6 },
      ],
      marks: [
        { kind: "paused", x: hour(1) },
        { kind: "topped-up", x: hour(2) },
        { kind: "denied", x: hour(3), toX: hour(3), count: 2 },
      ],
    });

    await at(T0 + 4n * HOUR_MS);
    await closeStream({ actor, streamId }, db);
    await at(T0 + 9n * HOUR_MS);
    const over = await getStreamChart({ actor, streamId }, db);
    expect(over.projected).toEqual([]);
    expect(over.accrued.at(-1)).toEqual({ x: hour(4), y: 3 });
    expect(over.marks.map(({ kind }) => kind)).toEqual(["paused", "topped-up", "closed", "denied"]);
  }));
