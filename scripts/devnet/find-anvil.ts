import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

/**
 * The anvil to run: the one that came from npm, else one on the PATH. Null where there is neither.
 * The program itself and not npm's wrapper, which costs a Node process of its own.
 */
export function findAnvil(path = process.env.PATH ?? ""): string | null {
  const name = process.platform === "win32" ? "anvil.exe" : "anvil";
  const folders = [fromNpm(), ...path.split(delimiter)].filter((folder) => folder !== null && folder !== "");
  return folders.map((folder) => join(folder as string, name)).find(isProgram) ?? null;
}

/** npm leaves an optional package out where it was not made for the platform. */
function fromNpm(): string | null {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  try {
    const manifest = `@foundry-rs/anvil-${process.platform}-${arch}/package.json`;
    return join(dirname(createRequire(import.meta.url).resolve(manifest)), "bin");
  } catch {
    return null;
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
