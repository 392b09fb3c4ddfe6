import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Abi, toFunctionSignature } from "viem";
import { describeFailure, Refusal } from "../report.mjs";
import { ROOT } from "../set-up.mjs";
import { artefactOf } from "./deploy-superfluid";
import { SUPERFLUID_PACKAGE, type SuperfluidArtefacts, superfluidArtefacts } from "./superfluid-artefacts";
import { writeWhole } from "./write-whole";

const HELP = `node --import ./scripts/register-ts.mjs scripts/devnet/write-superfluid-abi.ts [--check]

Writes contracts-abi/superfluid.ts and contracts-abi/superfluid-errors.ts: the parts of Superfluid that are used here.
With --check nothing is written, and the exit code is 1 when a file would change.`;

/** Export → the contract whose ABI it is taken from, and what of it is used. An interface wherever there is one. */
const PICKS: Record<string, { from: string; members: readonly string[] }> = {
  host: {
    from: "ISuperfluid",
    members: ["batchCall", "callAgreement", "getAgreementClass", "getGovernance"],
  },
  cfa: {
    from: "IConstantFlowAgreementV1",
    members: [
      ...["createFlow", "updateFlow", "deleteFlow"],
      ...["createFlowByOperator", "updateFlowByOperator", "deleteFlowByOperator"],
      ...["updateFlowOperatorPermissions", "revokeFlowOperatorWithFullControl", "getFlowOperatorData"],
      ...["getFlow", "getNetFlow", "getAccountFlowInfo", "isPatricianPeriodNow"],
      ...["getDepositRequiredForFlowRate", "getMaximumFlowRateFromDeposit"],
      ...["FlowUpdated", "FlowUpdatedExtension", "FlowOperatorUpdated"],
    ],
  },
  cfaV1Forwarder: {
    from: "CFAv1Forwarder",
    members: [
      ...["setFlowrate", "setFlowrateFrom", "createFlow", "updateFlow", "deleteFlow"],
      ...["getFlowrate", "getFlowInfo", "getAccountFlowrate", "getBufferAmountByFlowrate"],
      ...[
        "grantPermissions",
        "revokePermissions",
        "updateFlowOperatorPermissions",
        "getFlowOperatorPermissions",
      ],
    ],
  },
  superToken: {
    from: "ISuperToken",
    members: [
      ...[
        "upgrade",
        "upgradeTo",
        "downgrade",
        "downgradeTo",
        "transfer",
        "approve",
        "allowance",
        "balanceOf",
      ],
      ...["name", "symbol", "decimals", "totalSupply", "getHost", "getUnderlyingToken"],
      ...["realtimeBalanceOf", "realtimeBalanceOfNow", "isAccountCriticalNow", "isAccountSolventNow"],
      ...["Transfer", "Approval", "TokenUpgraded", "TokenDowngraded", "AgreementLiquidatedV2"],
    ],
  },
  superfluidGovernance: {
    from: "TestGovernance",
    members: ["getPPPConfig", "getRewardAddress", "getSuperTokenMinimumDeposit"],
  },
  batchLiquidator: { from: "BatchLiquidator", members: ["deleteFlow", "deleteFlows"] },
};

type AbiError = Extract<Abi[number], { type: "error" }>;

/**
 * The ABIs as TypeScript, one member a line.
 *
 * @throws Error when the package has no such contract or member
 */
export function renderSuperfluidAbi(artefacts: SuperfluidArtefacts): string {
  const parts = Object.entries(PICKS).map(([name, { from, members }]) => {
    const { abi } = artefactOf(artefacts, from);
    const picked = members.flatMap((member) => {
      const found = abi.filter((entry) => "name" in entry && entry.name === member && entry.type !== "error");
      if (found.length === 0) throw new Error(`${from} has no ${member}.`);
      return found;
    });
    return render(`${name}Abi`, picked);
  });
  return header("What of Superfluid is used here.") + parts.join("\n");
}

/** Every error of every contract: a revert inside a batch or a forwarder carries one that its own ABI does not have. */
export function renderSuperfluidErrors({ contracts }: SuperfluidArtefacts): string {
  const errors = Object.values(contracts).flatMap(({ abi }) =>
    abi.filter((entry): entry is AbiError => entry.type === "error"),
  );
  const bySignature = new Map(errors.map((error) => [signatureOf(error), error]));
  const sorted = [...bySignature].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, error]) => error);
  return `${header("All errors of Superfluid's contracts, for decoding reverts.")}${render("superfluidErrorsAbi", sorted)}`;
}

function signatureOf(error: AbiError): string {
  return toFunctionSignature({ ...error, type: "function", outputs: [], stateMutability: "view" });
}

function render(name: string, abi: Abi): string {
  return `export const ${name} = [\n${abi.map((entry) => `  ${JSON.stringify(entry)},\n`).join("")}] as const;\n`;
}

function header(what: string): string {
  return `// ${what} From ${SUPERFLUID_PACKAGE}, by scripts/devnet/write-superfluid-abi.ts.
// Names and types only, no code. Those of ISuperfluid, ISuperToken and IConstantFlowAgreementV1 are from interfaces under
// the MIT licence; CFAv1Forwarder, BatchLiquidator and the governance have none, so how to call them is said by the
// compiled contracts (AGPL-3.0), which are not part of this repository: docs/decisions/0085.
`;
}

async function main(): Promise<void> {
  const artefacts = await superfluidArtefacts();
  const files = {
    "superfluid.ts": renderSuperfluidAbi(artefacts),
    "superfluid-errors.ts": renderSuperfluidErrors(artefacts),
  };
  for (const [name, text] of Object.entries(files)) {
    const file = join(ROOT, "contracts-abi", name);
    if (!process.argv.includes("--check")) writeWhole(file, text);
    else if (readFileSync(file, "utf8") !== text)
      throw new Refusal(`contracts-abi/${name} is not what the package gives.`);
  }
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes("--help")) console.log(HELP);
  else
    await main().catch((error: unknown) => {
      console.error(describeFailure(error));
      process.exitCode = 1;
    });
}
