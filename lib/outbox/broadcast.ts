import "server-only";
import type { Attempt } from "./intent";
import type { Lane } from "./lane";

/**
 * What a node said to the bytes of a signed transaction. `taken`: it has them now, or had them before; `number-used`: a transaction
 * of that number is in a block, ours or not: the receipts tell; `no-coin`, `underpriced`: it takes them once that has changed; `silent`:
 * it did not answer, so it may have taken them.
 */
export type Broadcast = "taken" | "number-used" | "no-coin" | "underpriced" | "silent";

/** Sends stored bytes. They may be sent any number of times, by anybody: a number is used once. */
export async function broadcast(
  { client }: Pick<Lane, "client">,
  { raw }: Pick<Attempt, "raw">,
): Promise<Broadcast> {
  try {
    await client.sendRawTransaction({ serializedTransaction: raw });
    return "taken";
  } catch (error) {
    const said = wordsOf(error);
    if (/already known|already imported|known transaction|already in mempool/i.test(said)) return "taken";
    if (/nonce too low|nonce is too low|nonce has already been used|old nonce/i.test(said))
      return "number-used";
    if (/insufficient funds/i.test(said)) return "no-coin";
    if (/underpriced|fee too low|less than block base fee|fee cap/i.test(said)) return "underpriced";
    return "silent";
  }
}

/** All messages of an error and its causes: nodes put theirs at another depth each. */
function wordsOf(error: unknown): string {
  const words: string[] = [];
  for (let link = error; link instanceof Error && words.length < 20; link = link.cause)
    words.push(link.name, link.message, "details" in link ? String(link.details) : "");
  return words.join("\n");
}
