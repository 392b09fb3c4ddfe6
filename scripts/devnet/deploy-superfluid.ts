import { type Address, type Hex, zeroAddress } from "viem";
import type { ChainAdmin } from "./chain-admin";
import type { Artefact, SuperfluidArtefacts } from "./superfluid-artefacts";

export type Framework = {
  governance: Address;
  host: Address;
  cfa: Address;
  gda: Address;
  superTokenFactory: Address;
  superTokenLogic: Address;
  resolver: Address;
  superfluidLoader: Address;
  cfaV1Forwarder: Address;
  gdaV1Forwarder: Address;
  macroForwarder: Address;
  clearMacroForwarder: Address;
  batchLiquidator: Address;
  toga: Address;
};

/** Where the forwarders live on real networks: one table of addresses then serves all (docs.superfluid.org). */
const CANONICAL = {
  cfaV1Forwarder: "0xcfA132E353cB4E398080B9700609bb008eceB125",
  gdaV1Forwarder: "0x6DA13Bde224A05a288748d857b9e7DDEffd1dE08",
  macroForwarder: "0xFD0268E33111565dE546af2675351A4b1587F89F",
  clearMacroForwarder: "0xC1EaB73855155D4e021f7EB4f866996Bac2fe25e",
} as const;

/** In this order: each links to those before it. */
const LIBRARIES = [
  "SlotsBitmapLibrary",
  "SuperfluidGovDeployerLibrary",
  "SuperfluidHostDeployerLibrary",
  "SuperfluidCFAv1DeployerLibrary",
  "SuperfluidIDAv1DeployerLibrary",
  "SuperfluidPoolDeployerLibrary",
  "SuperfluidGDAv1DeployerLibrary",
  "SuperTokenDeployerLibrary",
  "SuperfluidPeripheryDeployerLibrary",
  "SuperfluidPoolLogicDeployerLibrary",
  "SuperfluidPoolNFTLogicDeployerLibrary",
  "ProxyDeployerLibrary",
  "CFAv1ForwarderDeployerLibrary",
  "GDAv1ForwarderDeployerLibrary",
  "SuperTokenFactoryDeployerLibrary",
  "TokenDeployerLibrary",
];

/** ERC-1820's one transaction, signed by no key (Nick's method): https://eips.ethereum.org/EIPS/eip-1820 */
const ERC1820 = {
  sender: "0xa990077c3205cbDf861e17Fa532eeB069cE9fF96",
  value: 0x11c37937e080000n,
  before: "0xf90a388085174876e800830c35008080b909e5",
  after: `1ba0${"1820".repeat(16)}a0${"1820".repeat(16)}`,
} as const;

/**
 * The whole framework, by its own deployer contract, in the order of its own `deploy-test-framework`; then the forwarders
 * at the addresses that they have everywhere.
 */
export async function deploySuperfluid(
  admin: ChainAdmin,
  artefacts: SuperfluidArtefacts,
): Promise<Framework> {
  const { client } = admin;
  await admin.send("the coin for ERC-1820", { to: ERC1820.sender, value: ERC1820.value });
  const registry: Hex = `${ERC1820.before}${artefacts.erc1820}${ERC1820.after}`;
  await client.sendRawTransaction({ serializedTransaction: registry });

  const libraries: Record<string, Address> = {};
  const deploy = async (name: string) => {
    const { abi, ...rest } = artefactOf(artefacts, name);
    libraries[name] = await admin.deploy(name, { abi, bytecode: link(name, rest, libraries) });
    return libraries[name];
  };
  for (const name of LIBRARIES) await deploy(name);
  const deployer = await deploy("SuperfluidFrameworkDeployer");
  const { abi } = artefactOf(artefacts, "SuperfluidFrameworkDeployer");
  const steps = await admin.read<number>(deployer, abi, "getNumSteps");
  for (let step = 0; step < steps; step += 1) await admin.call(deployer, abi, "executeStep", [step]);
  await admin.call(deployer, abi, "transferOwnership", [client.account.address]);

  const {
    clearMacroForwarderV1WithPermit2,
    ida: _,
    ...rest
  } = await admin.read<Framework & { clearMacroForwarderV1WithPermit2: Address; ida: Address }>(
    deployer,
    abi,
    "getFramework",
  );
  const framework = { ...rest, clearMacroForwarder: clearMacroForwarderV1WithPermit2 };
  await moveForwarders(admin, artefacts, framework);
  return { ...framework, ...CANONICAL };
}

async function moveForwarders(
  { client, call }: ChainAdmin,
  artefacts: SuperfluidArtefacts,
  framework: Framework,
): Promise<void> {
  const { abi } = artefactOf(artefacts, "TestGovernance");
  for (const [name, address] of Object.entries(CANONICAL)) {
    const bytecode = await client.getCode({ address: framework[name as keyof typeof CANONICAL] });
    if (!bytecode) throw new Error(`Building the devnet: the framework deployed no ${name}.`);
    await client.setCode({ address, bytecode });
    await call(framework.governance, abi, "enableTrustedForwarder", [framework.host, zeroAddress, address]);
  }
}

export function artefactOf({ contracts }: SuperfluidArtefacts, name: string): Artefact {
  const artefact = contracts[name];
  if (!artefact) throw new Error(`Superfluid's package has no contract ${name}.`);
  return artefact;
}

/** Puts the addresses of libraries into the places that the compiler left for them. */
function link(
  name: string,
  { bytecode, linkReferences }: Omit<Artefact, "abi">,
  libraries: Readonly<Record<string, Address>>,
): Hex {
  let code = bytecode.slice(2);
  for (const [library, places] of Object.values(linkReferences).flatMap(
    Object.entries<{ start: number; length: number }[]>,
  )) {
    const address = libraries[library]?.slice(2).toLowerCase();
    if (!address) throw new Error(`${name} needs the library ${library}, which is not deployed yet.`);
    for (const { start, length } of places)
      code = code.slice(0, start * 2) + address + code.slice((start + length) * 2);
  }
  return `0x${code}`;
}
