import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
} from "node:fs";
import { type Hex, hexToBigInt, toHex } from "viem";
import { snapshot } from "./build-snapshot";
import { contractsDigest } from "./deploy-contracts";
import { type DevnetFiles, filesIn } from "./devnet-folder";
import { keepTicking } from "./keep-ticking";
import { newState } from "./new-state";
import { type Anvil, startAnvil } from "./start-anvil";
import { writeWhole } from "./write-whole";

export type Devnet = Anvil & {
  /** How far its clock is ahead of the machine's, seconds. */
  aheadSeconds: bigint;
  /** Whether its contracts are those of another version: it goes on with them until it is forgotten. */
  outdated: boolean;
};

/** How much a SIGKILL may cost. */
const STATE_INTERVAL_SECONDS = 15;
/** Blocks whose state can be asked for. Each costs half a megabyte of memory; real nodes keep 128. */
const STATES_KEPT = 64;

/**
 * Starts the devnet of one folder: as it was when it ended, or new from the snapshot. Its clock never goes back, not below
 * the last block and not below `aheadSeconds`.
 *
 * @param options.folder holds its state; nobody else may use it meanwhile
 * @param options.aheadSeconds how far the ledger's clock is ahead of the machine's
 * @throws Error when the snapshot cannot be built, or anvil does not start
 */
export async function startDevnet(options: {
  anvil: string;
  folder: string;
  port?: number;
  aheadSeconds?: bigint;
  /** Off in tests: blocks then come with transactions alone. */
  ticking?: boolean;
}): Promise<Devnet> {
  const files = filesIn(options.folder);
  mkdirSync(options.folder, { recursive: true });
  keepWritten(files);
  const machine = BigInt(Math.floor(Date.now() / 1000));
  const wanted = options.aheadSeconds ?? 0n;
  if (!existsSync(files.state)) {
    const identity = toHex(randomBytes(32));
    const made = await snapshot({ anvil: options.anvil });
    writeWhole(files.contracts, contractsDigest());
    writeWhole(files.state, newState(made, { timestamp: machine + wanted, identity }));
  }

  const behindLastBlock = timestampOf(files.state) - machine;
  const aheadSeconds = behindLastBlock > wanted ? behindLastBlock : wanted;
  const anvil = await startAnvil({
    program: options.anvil,
    ...(options.port === undefined ? {} : { port: options.port }),
    args: [
      ...["--load-state", files.state, "--dump-state", files.dump],
      ...["--state-interval", String(STATE_INTERVAL_SECONDS), "--prune-history", String(STATES_KEPT)],
      // The clock of its own genesis: anvil goes on from there, so that no block is older than the last one.
      ...["--timestamp", String(machine + aheadSeconds)],
    ],
  });
  writeWhole(files.running, JSON.stringify({ pid: anvil.pid, url: anvil.url }));
  const stopTicking = options.ticking === false ? () => {} : keepTicking(anvil.url);
  const promote = setInterval(() => keepWritten(files), 2 * STATE_INTERVAL_SECONDS * 1_000).unref();

  const ended = () => {
    stopTicking();
    clearInterval(promote);
  };
  void anvil.gone.then(ended);
  return {
    ...anvil,
    aheadSeconds,
    outdated: !existsSync(files.contracts) || readFileSync(files.contracts, "utf8") !== contractsDigest(),
    async stop() {
      ended();
      await anvil.stop();
      keepWritten(files);
      rmSync(files.running, { force: true });
    },
  };
}

/** Makes what anvil has written the state to start from, unless it was killed while writing. */
function keepWritten({ dump, state }: DevnetFiles): void {
  if (!existsSync(dump) || !isComplete(dump)) return;
  try {
    renameSync(dump, state);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** Its last field is there. */
function isComplete(file: string): boolean {
  return /"historical_states":(null|\{.*\})\}\s*$/.test(readPart(file, -64));
}

/** Of the last block. It stands in the first field, and the file may be large. */
function timestampOf(state: string): bigint {
  const found = /^\{"block":\{[^{}]*"timestamp":"(0x[0-9a-f]+)"/.exec(readPart(state, 1_024))?.[1];
  if (!found) throw new Error(`${state} is not a state of anvil: remove it (npm run devnet:reset).`);
  return hexToBigInt(found as Hex);
}

/** @param bytes of the beginning, or of the end when negative */
function readPart(file: string, bytes: number): string {
  const descriptor = openSync(file, "r");
  try {
    const part = Buffer.alloc(Math.abs(bytes));
    const from = bytes < 0 ? Math.max(0, fstatSync(descriptor).size + bytes) : 0;
    return part.toString("utf8", 0, readSync(descriptor, part, 0, part.length, from));
  } finally {
    closeSync(descriptor);
  }
}
