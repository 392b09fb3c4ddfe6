import { describe, expect, test } from "vitest";
import { wrongImports } from "./check-imports.mjs";

describe("wrongImports", () => {
  test.each([
    {
      file: "lib/domain/rate.ts",
      text: 'import { env } from "@/lib/env";',
      why: "the domain knows no environment",
    },
    { file: "lib/domain/rate.ts", text: 'import { z } from "zod";', why: "the domain uses no package" },
    { file: "lib/domain/rate.ts", text: 'import type { Pool } from "pg";', why: "not even for a type" },
    { file: "lib/db/pool.ts", text: 'import { x } from "../streams/x";', why: "adapters know no use case" },
    {
      file: "lib/ledger/post.ts",
      text: 'import { x } from "@/lib/streams/x";',
      why: "the ledger knows no use case",
    },
    { file: "lib/streams/x.ts", text: 'import { Page } from "@/app/page";', why: "nothing uses app" },
    { file: "lib/streams/x.ts", text: 'const y = await import("@/app/page");', why: "not later either" },
    {
      file: "lib/streams/x.ts",
      text: 'export { Y } from "@/components/y";',
      why: "the server knows no component",
    },
    {
      file: "components/a.tsx",
      text: 'import { pool } from "@/lib/db/pool";',
      why: "components reach no database",
    },
    { file: "components/a.tsx", text: 'import "server-only";', why: "components run in browsers" },
    {
      file: "agents/a.ts",
      text: 'import { openStream } from "@/lib/streams/open-stream";',
      why: "agents speak HTTP",
    },
    {
      file: "agents/a.ts",
      text: 'import { Button } from "../components/ui/button";',
      why: "agents have no screen",
    },
    {
      file: "lib/rails/ledger/a.ts",
      text: 'import { b } from "../superfluid/b";',
      why: "rails are strangers",
    },
    {
      file: "components/a.tsx",
      text: 'import { chainClient } from "@/lib/chain/chain-client";',
      why: "components read tables of the chain only",
    },
    {
      file: "lib/chain/a.ts",
      text: 'import { pool } from "@/lib/db/pool";',
      why: "the chain knows no ledger",
    },
    { file: "lib/somewhere/a.ts", text: "", why: "a room must be in the table" },
  ])("$why: $file", ({ file, text }) => {
    expect(wrongImports(file, text)).toHaveLength(1);
  });

  test.each([
    { file: "lib/streams/x.ts", text: 'import { pool } from "@/lib/db/pool";\nimport pg from "pg";' },
    { file: "lib/rails/rail-for.ts", text: 'import { ledgerRail } from "./ledger/ledger-rail";' },
    { file: "components/a.tsx", text: 'import type { StreamView } from "@/lib/streams/stream-view";' },
    { file: "components/a.tsx", text: 'import {\n  streamTypedData,\n} from "@/lib/mpp/stream-typed-data";' },
    { file: "app/page.tsx", text: 'import { openStream } from "@/lib/streams/open-stream";' },
    { file: "components/a.tsx", text: 'import { DEVNET } from "@/lib/chain/devnet-addresses";' },
    { file: "lib/rails/superfluid/a.ts", text: 'import { cfaAbi } from "@/contracts-abi/superfluid";' },
    { file: "lib/domain/rate.test.ts", text: 'import fc from "fast-check";' },
  ])("a downward import is fine: $file", ({ file, text }) => {
    expect(wrongImports(file, text)).toEqual([]);
  });
});
