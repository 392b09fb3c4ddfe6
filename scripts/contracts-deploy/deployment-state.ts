import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { Refusal } from "../report.mjs";

const hex = z.templateLiteral(["0x", z.string().regex(/[0-9a-fA-F]+/)]);
const sent = z.strictObject({
  name: z.string(),
  nonce: z.int(),
  from: hex,
  /** Oldest first; each replaces the one before under the same nonce. Any of them may be mined. */
  transactions: z.array(z.strictObject({ hash: hex, raw: hex })).min(1),
});
const content = z.strictObject({ chainId: z.int(), contracts: z.record(hex, sent) });

/** What was signed for one contract. Whoever has the file can send it, and nothing else: it holds no key. */
export type Sent = z.infer<typeof sent>;

export type DeploymentState = {
  find: (address: `0x${string}`) => Sent | undefined;
  /** On the disk when it returns. */
  keep: (address: `0x${string}`, sent: Sent) => void;
  forget: (address: `0x${string}`) => void;
};

/** Opens the file, which need not exist yet. @throws Refusal when it is another chain's, or not ours */
export function openState(file: string, chainId: number): DeploymentState {
  const state = read(file) ?? { chainId, contracts: {} };
  if (state.chainId !== chainId)
    throw new Refusal(`${file} is of chain ${state.chainId}, not ${chainId}. Name another with --state.`);
  return {
    find: (address) => state.contracts[address],
    keep: (address, value) => {
      state.contracts[address] = value;
      write(file, state);
    },
    forget: (address) => {
      delete state.contracts[address];
      write(file, state);
    },
  };
}

function read(file: string): z.infer<typeof content> | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  try {
    return content.parse(JSON.parse(text));
  } catch (cause) {
    throw new Refusal(
      `${file} is not a state of contracts:deploy. Move it away, or name another with --state.`,
      {
        cause,
      },
    );
  }
}

/** Whole or not at all: a crash in the middle leaves the file of before. */
function write(file: string, state: z.infer<typeof content>): void {
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.new`;
  const descriptor = openSync(fresh, "w", 0o600);
  writeSync(descriptor, `${JSON.stringify(state, null, 2)}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(fresh, file);
}
