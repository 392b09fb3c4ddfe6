import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Grants } from "@/lib/rails/superfluid/list-grants";
import { GrantList } from "./grant-list";

const USDCX = 10n ** 18n;
const AGENT = "0x00000000000000000000000000000000000000A1";
const TOKEN = "0x00000000000000000000000000000000000000C3";

function textOf(grants: Grants): string {
  const unused = async () => expect.unreachable("Nothing is asked while it is shown.");
  const asset = { symbol: "USDCx", decimals: 18 };
  const html = renderToStaticMarkup(
    <GrantList
      onChain={{ grants, asset }}
      plan={unused}
      delegated={{ delegations: [], asset, revoke: unused }}
    />,
  );
  return html.replace(/<[^>]+>/g, "").replace(/\s+/g, " ");
}

test("a session says its budget, and that a lost buffer comes on top of it", () => {
  const session = { id: 7n, agent: AGENT, token: TOKEN, budget: 50n * USDCX, spent: USDCX } as const;
  const text = textOf({
    sessions: [{ ...session, rateCap: 10n ** 15n, expiryMs: 1_795_136_400_000n }],
    operators: [],
  });
  expect(text).toContain("Session 7: at most 50 USDCx, of which 1 USDCx is spent");
  expect(text).toContain(
    "The budget does not cover the buffers of these streams: if your balance runs out, liquidators keep up to four hours of the running rates.",
  );
});

test("a raw permission has no budget, and says so", () => {
  const may = { mayCreate: true, mayUpdate: false, mayDelete: true, isSessions: false };
  const text = textOf({ sessions: [], operators: [{ operator: AGENT, token: TOKEN, ...may }] });
  expect(text).toContain("May open and close your streams, without a budget");
  expect(text).not.toContain("buffers");
});
