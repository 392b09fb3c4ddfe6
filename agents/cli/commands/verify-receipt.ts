import { readFile } from "node:fs/promises";
import { z } from "zod";
import { verifyReceipt as verify } from "@/lib/mpp/verify-receipt";
import type { Command } from "../command";

const receiptShape = z.record(z.string(), z.json());
const keySet = z.looseObject({ keys: z.array(z.looseObject({ kid: z.string() })) });

export const verifyReceipt: Command = {
  name: "receipts verify",
  usage: "<id, address or file>",
  summary: "Check a receipt's signature here, with the site's keys alone",
  arguments: [1, 1],
  async run({ anybody, positionals }) {
    const receipt = await readReceipt(positionals[0] ?? "", anybody.get);
    const { keys } = keySet.parse(await anybody.get("/.well-known/jwks.json"));
    const verdict = await verify(receipt, keys as unknown as Parameters<typeof verify>[1]);
    return {
      data: { verdict, receipt },
      lines: [
        verdict.valid
          ? `The receipt is genuine: key ${verdict.kid}, ${verdict.verificationLevel}.`
          : `The receipt is not genuine: ${verdict.reason}.`,
      ],
      failed: !verdict.valid,
    };
  },
};

/** What is named `req_…`, alone or at the end of an address, is fetched; everything else is a file with its JSON. */
async function readReceipt(place: string, get: (path: string) => Promise<Record<string, unknown>>) {
  const [, id] = /(?:^|\/)(req_[0-9a-z]{1,64})$/.exec(place) ?? [];
  const found = id
    ? (await get(`/api/v1/receipts/${id}`)).receipt
    : JSON.parse(await readFile(place, "utf8"));
  return receiptShape.parse(found);
}
