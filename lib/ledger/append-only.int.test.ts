import { beforeAll, describe, expect, test } from "vitest";
import { closeStream } from "@/lib/streams/close-stream";
import { openStream } from "@/lib/streams/open-stream";
import { authorised, fundedAddress, listProvider, someCall, TOKEN } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS } from "@/lib/testing/simulated-ledger";
import { runInvariants } from "./run-invariants";

const ledger = ledgerForFile();
beforeAll(async () => {
  const provider = await listProvider(ledger.db);
  const actor = await fundedAddress(ledger.db, TOKEN);
  const { id: streamId } = await openStream({ actor, providerId: provider.id, tier: "basic" }, ledger.db);
  await closeStream({ actor, streamId }, ledger.db);
});

describe("what was written stays written", () => {
  test.each([
    "update journal_entry set at_ms = at_ms",
    "delete from journal_entry where false",
    "truncate journal_entry cascade",
    "update posting set amount = amount",
    "delete from posting where false",
    "truncate posting",
    "update stream_event set at_ms = at_ms",
    "delete from stream_event where false",
    "truncate stream_event",
  ])("%s is refused", async (sql) => {
    await expect(ledger.db.query(sql)).rejects.toMatchObject({
      code: "23001",
      message: expect.stringContaining("append only"),
    });
  });

  test("an entry's key is used once", async () => {
    await expect(
      ledger.db.query(
        `select post_entry(e.key, e.kind, e.stream_id, e.actor, e.at_ms, e.memo, f.account_id, t.account_id, t.amount)
         from journal_entry e join posting f on f.entry_id = e.id and f.amount < 0
           join posting t on t.entry_id = e.id and t.amount > 0 where e.kind = 'deposit'`,
      ),
    ).rejects.toMatchObject({ code: "23505" });
  });

  test("a wallet cannot go below zero, whoever writes", async () => {
    await expect(
      ledger.db.query("update account set balance = -1 where kind = 'wallet'"),
    ).rejects.toMatchObject({ code: "23514", constraint: "account_balance" });
  });

  test("a stream's time cannot go back, whoever writes", async () => {
    await expect(ledger.db.query("update stream set last_ms = last_ms - 1")).rejects.toThrow(
      "last_ms would fall",
    );
  });
});

describe("a ledger under an injected clock", () => {
  test.each([{ streams: 0 }, { streams: 1 }])(
    "given a credit and $streams streams, it cannot be committed",
    async ({ streams }) => {
      const provider = await listProvider(ledger.db);
      const client = await ledger.db.connect();
      try {
        await client.query("begin");
        await client.query(`set local superstream.now_ms = '${DAY_BEGIN_MS}'`);
        const actor = await fundedAddress(client, TOKEN);
        if (streams) await openStream({ actor, providerId: provider.id, tier: "basic" }, client);
        await expect(client.query("commit")).rejects.toThrow("injected clock cannot be committed");
      } finally {
        client.release();
      }
      const { rows } = await ledger.db.query("select 1 from stream where provider_id = $1", [provider.id]);
      expect(rows).toEqual([]);
      expect(await runInvariants(ledger.db)).toEqual([]);
    },
  );

  test("given a call on a stream of the real clock, it cannot be committed", async () => {
    const provider = await listProvider(ledger.db);
    const payer = await fundedAddress(ledger.db, TOKEN);
    await openStream({ actor: payer, providerId: provider.id, tier: "basic" }, ledger.db);
    const client = await ledger.db.connect();
    try {
      await client.query("begin");
      await client.query("set local superstream.now_ms = '1'");
      await authorised(client, someCall({ providerId: provider.id, payer }));
      await expect(client.query("commit")).rejects.toThrow("injected clock cannot be committed");
    } finally {
      client.release();
    }
    expect((await ledger.db.query("select 1 from request")).rows).toEqual([]);
  });
});
