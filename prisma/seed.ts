import { type DemoListing, demoListings } from "@/agents/demo-providers/listings";
import { pool } from "@/lib/db/pool";
import { prisma } from "@/lib/db/prisma";
import { databaseConfigured, env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { registerProviderInput } from "@/lib/market/provider-input";
import { registerProvider } from "@/lib/market/register-provider";

/**
 * Owners of the demo providers: the last three accounts of the test mnemonic that every Ethereum tool knows. Anybody can
 * sign in as them, so they exist on a devnet only.
 */
const DEMO_OWNERS = [
  "0x14dc79964da2c08b23698b3d3cc7ca32193d9955",
  "0x23618e81e3f5cdf7f54c3d65f7fbc0abf5b21e8f",
  "0xa0ee7a142d267c1f36714e4a8f75612f20a79720",
] as const;

/** Registers the demo providers. Doing it again brings them up to date and leaves their totals alone. */
async function seed(): Promise<void> {
  if (env.NETWORK !== "devnet")
    throw new Error(`NETWORK is ${env.NETWORK}: demo providers are a devnet's only.`);
  if (!databaseConfigured()) throw new Error("DATABASE_URL is not set: there is nothing to fill.");
  for (const [index, listing] of demoListings.entries()) {
    const { agentId } = await registerProvider({ ...registration(listing, index), owner: ownerOf(index) });
    console.log(`registered ${agentId}`);
  }
}

/** The listing as anybody would send it to POST /api/v1/providers. */
function registration(
  { id, name, description, category, capabilities, services }: DemoListing,
  index: number,
) {
  return registerProviderInput.parse({
    id,
    name,
    description,
    category,
    capabilities,
    endpoint: `http://127.0.0.1:${env.DEMO_PORTS[index]}`,
    services: services.map(({ sources: _sources, streams: _streams, ...service }) => service),
  });
}

function ownerOf(index: number): string {
  const owner = DEMO_OWNERS[index];
  if (!owner) throw new Error(`There is no owner for demo provider ${index + 1}.`);
  return owner;
}

try {
  await seed();
} catch (error) {
  const members = error instanceof ProblemError ? ` ${JSON.stringify(error.options.extensions ?? {})}` : "";
  console.error(`Seeding failed: ${error instanceof Error ? error.message : String(error)}${members}`);
  if (error instanceof ProblemError && error.code === "invalid-input")
    console.error(`The demo providers' addresses must be allowed: UPSTREAM_ALLOW=${allowance()}`);
  process.exitCode = 1;
} finally {
  if (databaseConfigured()) {
    await prisma().$disconnect();
    await pool().end();
  }
}

function allowance(): string {
  return env.DEMO_PORTS.map((port) => `127.0.0.1:${port}`).join(",");
}
