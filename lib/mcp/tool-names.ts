/** Every tool, in the order of `tools/list`. Documents for agents count them; a test asks the server whether it has the same. */
const TOOLS = [
  ...["list_providers", "find_cheapest_provider", "get_provider", "list_services", "get_service"],
  ...["plan_stream", "plan_close", "open_stream", "top_up_stream", "close_stream", "list_streams"],
  ...["get_stream", "get_wallet", "get_play_money", "verify_receipt", "call_service"],
];

/** Play money is given on a devnet alone. */
export function toolNames(network: "devnet" | "mainnet"): string[] {
  return TOOLS.filter((name) => name !== "get_play_money" || network === "devnet");
}
