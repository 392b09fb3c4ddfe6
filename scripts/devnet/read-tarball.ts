import { gunzipSync } from "node:zlib";

const BLOCK = 512;

/**
 * The plain files in a `.tgz` as npm writes them, in order. Reads names of POSIX ustar and of pax records; links and
 * folders are left out. https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html
 *
 * @throws Error when the archive is cut off
 */
export function* readTarball(gzipped: Uint8Array): Generator<{ name: string; content: Buffer }> {
  const archive = gunzipSync(gzipped);
  let longName: string | null = null;
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const size = Number.parseInt(text(header, 124, 12), 8) || 0;
    const content = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (content.length < size) throw new Error("The archive is cut off.");
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;

    const kind = String.fromCharCode(header[156] ?? 0);
    if (kind === "x") longName = /^\d+ path=(.+)$/m.exec(content.toString("utf8"))?.[1] ?? null;
    else {
      const prefix = text(header, 345, 155);
      const name = longName ?? `${prefix && `${prefix}/`}${text(header, 0, 100)}`;
      longName = null;
      if (kind === "0" || kind === "\0") yield { name, content };
    }
  }
}

/** A field ends at its first NUL. */
function text(header: Buffer, from: number, length: number): string {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end < 0 ? length : end).trim();
}
