import { expect, test } from "@playwright/test";
import { Receipt } from "mppx";
import { Mppx } from "mppx/client";
import { ledgerStream } from "../agents/client/ledger-stream";
import { streamFetch } from "../agents/client/stream-fetch";
import { newAgent, post } from "./new-agent";

const TOKEN = 10n ** 18n;
const caps = { maxRatePerDay: 20n * TOKEN, maxDeposit: 5n * TOKEN, maxTotal: 20n * TOKEN };
const das28 = { tenderJoints: 4, swollenJoints: 5, esrMmPerHour: 44, globalHealthMm: 12 };

const request = {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(das28),
};

test("an agent with the stock mppx client gets 402, opens a stream, is served with a receipt, and gets its money back", async ({
  baseURL,
}) => {
  const origin = String(baseURL);
  const { account, bearer } = await newAgent(origin);
  const mppx = Mppx.create({ polyfill: false, methods: [ledgerStream({ account, caps })] });
  const url = `${origin}/api/p/rheumascore/compute/das28-esr`;

  const response = await mppx.fetch(url, request);
  expect(response.status).toBe(200);
  // 0.56·√4 + 0.28·√5 + 0.70·ln 44 + 0.014·12 = 4.56
  expect(await response.json()).toMatchObject({ das28: 4.56 });
  const receipt = Receipt.fromResponse(response) as Record<string, unknown>;
  expect(receipt).toMatchObject({ status: "success", method: "ledger", plan: "rheumascore", tier: "basic" });

  const checked = await (await fetch(`${origin}/api/v1/receipts/${receipt.requestId}`)).json();
  expect(checked).toMatchObject({ verified: true });

  const settlement = await post(
    `${origin}/api/v1/streams/${receipt.streamId}/close`,
    {},
    { Authorization: bearer },
  );
  const { totalPaid, refund } = settlement as { totalPaid: string; refund: string };
  const wallet = await (
    await fetch(`${origin}/api/v1/wallet`, { headers: { Authorization: bearer } })
  ).json();
  expect(BigInt(wallet.balance) + BigInt(totalPaid)).toBe(10n * TOKEN);
  expect(BigInt(refund)).toBeGreaterThan(0n);
});

test("after the first call an agent pays with its session token: one request a call, one stream", async ({
  baseURL,
}) => {
  const origin = String(baseURL);
  const { account, bearer } = await newAgent(origin);
  const statuses: number[] = [];
  const counting: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    statuses.push(response.status);
    return response;
  };
  const paid = streamFetch({ account, caps, fetch: counting });
  const url = `${origin}/api/p/rheumascore/compute/das28-esr`;

  expect((await paid(url, request)).status).toBe(200);
  const opening = statuses.splice(0);
  expect(opening.at(-1)).toBe(200);
  expect((await paid(url, request)).status).toBe(200);
  expect((await paid(url, request)).status).toBe(200);
  expect(statuses).toEqual([200, 200]);

  const streams = await (
    await fetch(`${origin}/api/v1/streams`, { headers: { Authorization: bearer } })
  ).json();
  expect(streams.items).toHaveLength(1);
  expect(streams.items[0]).toMatchObject({ status: "active", served: 3 });
});
