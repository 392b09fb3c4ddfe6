/** One request and its answer, as they went over the wire: what the page shows of a paid call. */
export type Exchange = {
  title: string;
  request: { method: string; url: string; headers: Record<string, string>; body: string };
  response: { status: number; headers: Record<string, string>; body: string };
  /** What a header says once it is decoded. */
  decoded: readonly { title: string; value: unknown }[];
};

/** The answer's headers that belong to paying; the rest is the weather. */
const shown =
  /^(www-authenticate|payment-|stream-|ratelimit|retry-after|idempotent-|content-type|cache-control)/;

/** Sends a request and notes it. Long secrets are shortened for show: they are bearer tokens. */
export async function exchange(
  title: string,
  url: string,
  init: { method: string; headers: Record<string, string>; body: string },
): Promise<{ response: Response; text: string; noted: Exchange }> {
  const { body, ...rest } = init;
  const response = await fetch(url, init.method === "GET" ? rest : init);
  const text = await response.text();
  const headers = Object.fromEntries([...response.headers].filter(([name]) => shown.test(name)));
  return {
    response,
    text,
    noted: {
      title,
      request: { method: init.method, url, headers: init.headers, body: init.method === "GET" ? "" : body },
      response: { status: response.status, headers, body: text },
      decoded: [],
    },
  };
}

/** JSON in base64url, as `Payment-Receipt` carries it. Null when it is not. */
export function fromBase64UrlJson(text: string): Record<string, unknown> | null {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) =>
      char.charCodeAt(0),
    );
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
