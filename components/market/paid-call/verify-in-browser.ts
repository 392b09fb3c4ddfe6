/** What this browser found out about an answer by itself. `null`: it cannot tell, because it lacks Ed25519 or the key. */
export type Verdict = { signature: boolean | null; answer: boolean | null };

type Receipt = Readonly<Record<string, unknown>>;

/**
 * Checks a receipt where it arrived, trusting nobody: the signature (detached JWS, EdDSA, over the RFC 8785 text of the
 * other members) with the key of the key set, and the digest of the answer with the bytes that came.
 *
 * @param answer the body exactly as it came; null where the receipt is not about one body
 * @param keySetUrl the market's JWKS
 */
export async function verifyInBrowser(
  receipt: Receipt,
  answer: string | null,
  keySetUrl: string,
): Promise<Verdict> {
  const [signature, digest] = await Promise.all([
    checkSignature(receipt, keySetUrl).catch(() => null),
    answer === null ? null : digestOf(answer),
  ]);
  const said = receipt.responseDigest;
  return { signature, answer: digest === null || typeof said !== "string" ? null : digest === said };
}

async function checkSignature({ sig, ...members }: Receipt, keySetUrl: string): Promise<boolean | null> {
  const [, header, signature] = typeof sig === "string" ? (/^([\w-]+)\.\.([\w-]+)$/.exec(sig) ?? []) : [];
  if (!header || !signature) return false;
  const { keys } = (await (await fetch(keySetUrl)).json()) as { keys: (JsonWebKey & { kid?: string })[] };
  const { kid } = JSON.parse(new TextDecoder().decode(fromBase64Url(header))) as { kid?: unknown };
  const jwk = keys.find((key) => key.kid === kid);
  if (!jwk) return false;
  const key = await crypto.subtle.importKey("jwk", { ...jwk, alg: "Ed25519" }, "Ed25519", false, ["verify"]);
  const signed = new TextEncoder().encode(`${header}.${toBase64Url(canonical(members))}`);
  return crypto.subtle.verify("Ed25519", key, fromBase64Url(signature), signed);
}

/** RFC 8785: the one text of a JSON value, its members sorted by UTF-16 code units. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}

/** RFC 9530, as receipts say it. */
async function digestOf(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha-256=:${btoa(String.fromCharCode(...new Uint8Array(hash)))}:`;
}

function toBase64Url(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
