/** The RPC of the chain beside the site under test: for wallets of tests, for moving its time, for looking at the truth. */
export function devnetUrl(): string {
  const [, port] = (process.env.E2E_PORTS ?? "").split(",");
  if (!port) throw new Error("Playwright's configuration has chosen no ports.");
  return `http://127.0.0.1:${port}`;
}
