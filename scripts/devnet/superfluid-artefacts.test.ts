import { expect, test } from "vitest";
import { checkIntegrity } from "./superfluid-artefacts";

test("given other bytes than those published, they are refused and named", () => {
  expect(() => checkIntegrity(Buffer.from("somebody else's package"))).toThrow(
    /ethereum-contracts@1\.15\.2 has the wrong bytes: sha512-.+ instead of sha512-pvNZvjR72VNd/,
  );
});
