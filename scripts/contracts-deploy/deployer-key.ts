import { createDecipheriv, pbkdf2Sync, scryptSync, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Hex, isHex, keccak256, type PrivateKeyAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { Refusal } from "../report.mjs";

const bytes = z
  .string()
  .regex(/^([0-9a-f]{2})*$/i)
  .transform((text) => Buffer.from(text, "hex"));
/** @see https://ethereum.org/developers/docs/data-structures-and-encoding/web3-secret-storage (version 3) */
const keystoreFile = z.object({
  version: z.literal(3),
  crypto: z.object({
    cipher: z.literal("aes-128-ctr"),
    ciphertext: bytes,
    cipherparams: z.object({ iv: bytes }),
    mac: bytes,
    kdf: z.enum(["scrypt", "pbkdf2"]),
    kdfparams: z.object({
      dklen: z.literal(32),
      salt: bytes,
      n: z.int().optional(),
      r: z.int().optional(),
      p: z.int().optional(),
      c: z.int().optional(),
    }),
  }),
});

/**
 * Who deploys. No message repeats the key or the password.
 *
 * @param keystore an encrypted key's file; null: DEPLOYER_KEY
 * @throws Refusal when there is no key, or the password does not open it
 */
export function deployerAccount(
  keystore: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): PrivateKeyAccount {
  const key = keystore
    ? openKeystore(keystore, environment.DEPLOYER_PASSWORD ?? "")
    : environment.DEPLOYER_KEY;
  if (!key) throw new Refusal("There is no key: set DEPLOYER_KEY, or name a file with --keystore.");
  const prefixed = key.startsWith("0x") ? key : `0x${key}`;
  if (!isHex(prefixed) || prefixed.length !== 66)
    throw new Refusal(`${keystore ? "The keystore's key" : "DEPLOYER_KEY"} is not 64 hexadecimal digits.`);
  try {
    return privateKeyToAccount(prefixed);
  } catch {
    throw new Refusal("The key is not a number that a key can be.");
  }
}

function openKeystore(file: string, password: string): Hex {
  const { crypto } = readKeystore(file);
  const derived = derive(password, crypto);
  const mac = keccak256(Buffer.concat([derived.subarray(16), crypto.ciphertext]), "bytes");
  if (crypto.mac.length !== mac.length || !timingSafeEqual(mac, crypto.mac))
    throw new Refusal("DEPLOYER_PASSWORD does not open the keystore.");
  const decipher = createDecipheriv("aes-128-ctr", derived.subarray(0, 16), crypto.cipherparams.iv);
  return `0x${Buffer.concat([decipher.update(crypto.ciphertext), decipher.final()]).toString("hex")}`;
}

/** @throws Refusal for scrypt with r = 1 and a large n, as eth-account writes it: OpenSSL keeps to RFC 7914, n < 2^(16 r) */
function derive(password: string, { kdf, kdfparams }: z.infer<typeof keystoreFile>["crypto"]): Buffer {
  const { salt, n = 0, r = 0, p = 0, c = 0 } = kdfparams;
  if (kdf === "pbkdf2") return pbkdf2Sync(password, salt, c, 32, "sha256");
  try {
    return scryptSync(password, salt, 32, { N: n, r, p, maxmem: 256 * n * r + 1_048_576 });
  } catch {
    throw new Refusal(
      "The keystore's scrypt parameters are not supported: make one with `cast wallet import`.",
    );
  }
}

function readKeystore(file: string): z.infer<typeof keystoreFile> {
  try {
    const given: unknown = JSON.parse(readFileSync(file, "utf8"));
    // Old files write the members in capitals.
    const { Crypto, ...rest } = z.looseObject({ Crypto: z.unknown().optional() }).parse(given);
    return keystoreFile.parse(Crypto === undefined ? rest : { ...rest, crypto: Crypto });
  } catch {
    throw new Refusal(`${file} is not a keystore (Web3 secret storage, version 3).`); // Its content is not repeated.
  }
}
