import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Refusal } from "../report.mjs";
import { deployerAccount } from "./deployer-key";

// The first two are of the standard's own page: one key, its password "testpassword".
const address = "0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b";
const pbkdf2 = {
  crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "6087dab2f9fdbbfaddc31a909735c1e6" },
    ciphertext: "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
    kdf: "pbkdf2",
    kdfparams: {
      c: 262144,
      dklen: 32,
      prf: "hmac-sha256",
      salt: "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
    },
    mac: "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
  },
  id: "3198bc9c-6672-5ab3-d995-4942343ae5b6",
  version: 3,
};
const scrypt = {
  crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "83dbcc02d8ccb40e466191a123791e0e" },
    ciphertext: "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
    kdf: "scrypt",
    kdfparams: {
      dklen: 32,
      n: 262144,
      p: 8,
      r: 1,
      salt: "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19",
    },
    mac: "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097",
  },
  id: "3198bc9c-6672-5ab3-d995-4942343ae5b6",
  version: 3,
};
/** go-ethereum's test file `very-light-scrypt.json`. Its password is empty. */
const ofGeth = {
  crypto: {
    cipher: "aes-128-ctr",
    ciphertext: "b87781948a1befd247bff51ef4063f716cf6c2d3481163e9a8f42e1f9bb74145",
    cipherparams: { iv: "dc4926b48a105133d2f16b96833abf1e" },
    kdf: "scrypt",
    kdfparams: {
      dklen: 32,
      n: 2,
      p: 1,
      r: 8,
      salt: "004244bbdc51cadda545b1cfa43cff9ed2ae88e08c61f1479dbb45410722f8f0",
    },
    mac: "39990c1684557447940d4c69e06b1b82b2aceacb43f284df65c956daf3046b85",
  },
  version: 3,
};
const key = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

describe("deployerAccount", () => {
  test("opens a keystore by pbkdf2", () => {
    const account = deployerAccount(fileOf(pbkdf2), { DEPLOYER_PASSWORD: "testpassword" });
    expect(account.address).toBe(address);
  });

  test.each([
    { written: "today", content: ofGeth },
    { written: "long ago, with a capital", content: { Crypto: ofGeth.crypto, version: 3 } },
  ])("opens a keystore by scrypt, as it is written $written", ({ content }) => {
    expect(deployerAccount(fileOf(content), {}).address.toLowerCase()).toBe(
      "0x45dea0fb0bba44f4fcf290bba71fd57d7117cbb8",
    );
  });

  test("one whose scrypt OpenSSL does not do is refused with what helps", () => {
    expect(refusalOf(fileOf(scrypt), { DEPLOYER_PASSWORD: "testpassword" })).toBe(
      "The keystore's scrypt parameters are not supported: make one with `cast wallet import`.",
    );
  });

  test("a wrong password is refused, and repeated nowhere", () => {
    const refusal = refusalOf(fileOf(ofGeth), { DEPLOYER_PASSWORD: "wrong-password" });
    expect(refusal).toBe("DEPLOYER_PASSWORD does not open the keystore.");
  });

  test("a file that is no keystore is refused by its name alone", () => {
    const file = fileOf({ privateKey: key });
    expect(refusalOf(file, {})).toBe(`${file} is not a keystore (Web3 secret storage, version 3).`);
  });

  test.each([`0x${key}`, key])("takes DEPLOYER_KEY with and without 0x", (DEPLOYER_KEY) => {
    expect(deployerAccount(null, { DEPLOYER_KEY }).address).toBe(address);
  });

  test.each([
    { given: undefined, says: "There is no key: set DEPLOYER_KEY, or name a file with --keystore." },
    { given: key.slice(1), says: "DEPLOYER_KEY is not 64 hexadecimal digits." },
    { given: `0x${"f".repeat(64)}`, says: "The key is not a number that a key can be." },
    { given: `0x${"0".repeat(64)}`, says: "The key is not a number that a key can be." },
  ])("refuses a key that is none: $says", ({ given, says }) => {
    expect(refusalOf(null, { DEPLOYER_KEY: given })).toBe(says);
  });
});

function fileOf(content: unknown): string {
  const file = join(mkdtempSync(join(tmpdir(), "superstream-keystore-")), "key.json");
  writeFileSync(file, JSON.stringify(content));
  return file;
}

function refusalOf(keystore: string | null, environment: Record<string, string | undefined>): string {
  try {
    deployerAccount(keystore, environment);
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
  throw new Error("It was accepted.");
}
