import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { completePackages } from "./complete-lock.mjs";

const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));

describe("completePackages", () => {
  test("given a build for a platform that is missing, it adds it with the version its parent names", () => {
    const parent = {
      dev: true,
      version: "2.0.0",
      optionalDependencies: { "@tool/cli-darwin-arm64": "2.0.0", "@tool/cli-linux-x64-musl": "^2.0.0" },
    };
    expect(completePackages({ "node_modules/tool": parent })).toEqual({
      "node_modules/@tool/cli-darwin-arm64": {
        version: "2.0.0",
        dev: true,
        optional: true,
        cpu: ["arm64"],
        os: ["darwin"],
      },
      "node_modules/@tool/cli-linux-x64-musl": {
        version: "2.0.0",
        dev: true,
        optional: true,
        cpu: ["x64"],
        os: ["linux"],
      },
      "node_modules/tool": parent,
    });
  });

  test("given an optional package that is no platform's build, it leaves it out", () => {
    const packages = {
      "node_modules/tool": { version: "1.0.0", optionalDependencies: { "fast-path": "1.0.0" } },
    };
    expect(completePackages(packages)).toEqual(packages);
  });

  test("our lock file is complete, so that `npm ci` takes it on every platform", () => {
    expect(Object.keys(completePackages(lock.packages))).toEqual(Object.keys(lock.packages));
  });

  test("our lock file names no registry", () => {
    expect(JSON.stringify(lock)).not.toContain('"resolved"');
  });
});
