import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readTarball } from "./read-tarball";

describe("readTarball", () => {
  test("it yields plain files with their names and bytes, in order", () => {
    const archive = tar(
      entry("package/", "5", ""),
      entry("package/a.json", "0", "one"),
      entry("link", "2", ""),
      entry("package/b.json", "\0", "x".repeat(513)),
    );
    expect(read(archive)).toEqual([
      { name: "package/a.json", text: "one" },
      { name: "package/b.json", text: "x".repeat(513) },
    ]);
  });

  test("given a long name, it comes from the ustar prefix or from the pax record before", () => {
    const long = `package/${"deep/".repeat(30)}file.json`;
    const archive = tar(
      entry("file.json", "0", "by prefix", "package/deep"),
      entry("PaxHeader", "x", `${long.length + 10} path=${long}\n`),
      entry("cut short", "0", "by record"),
      entry("package/next.json", "0", "its own again"),
    );
    expect(read(archive)).toEqual([
      { name: "package/deep/file.json", text: "by prefix" },
      { name: long, text: "by record" },
      { name: "package/next.json", text: "its own again" },
    ]);
  });

  test("given an archive that is cut off, it throws instead of yielding half a file", () => {
    const whole = Buffer.concat([entry("package/a.json", "0", "x".repeat(2_000))]);
    expect(() => read(gzipSync(whole.subarray(0, 1_024)))).toThrow("cut off");
  });
});

function read(archive: Uint8Array): { name: string; text: string }[] {
  return [...readTarball(archive)].map(({ name, content }) => ({ name, text: content.toString("utf8") }));
}

function tar(...entries: Buffer[]): Uint8Array {
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1_024)]));
}

function entry(name: string, kind: string, text: string, prefix = ""): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(`${text.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write(kind, 156);
  header.write("ustar\x0000", 257);
  header.write(prefix, 345, 155);
  const content = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  content.write(text);
  return Buffer.concat([header, content]);
}
