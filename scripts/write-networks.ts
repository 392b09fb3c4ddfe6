// `npm run networks:write`: lib/chain/networks.generated.ts anew, after an update of the packages it is made from.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { readPackages } from "./networks/read-packages";

const file = "lib/chain/networks.generated.ts";
writeFileSync(
  file,
  `// Made by \`npm run networks:write\` from @superfluid-finance/metadata, @superfluid-finance/tokenlist and viem. Do not edit.
import type { Network } from "./network";

export const realNetworks = ${JSON.stringify(readPackages(), null, 2)} as const satisfies readonly Network[];
`,
);
execFileSync("npx", ["biome", "check", "--write", file], { stdio: "inherit" });
