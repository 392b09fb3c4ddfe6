import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { pageTemplate } from "./page-template";

describe("pageTemplate", () => {
  test.each([
    ["/", "/"],
    ["/?q=ai", "/"],
    ["/streams", "/streams"],
    ["/streams/str_1?tab=events", "/streams/{rest}"],
    ["/problems/stream/paused", "/problems/{rest}"],
    ["/wp-login.php", "/{unknown}"],
    ["/anything/else", "/{unknown}"],
  ])("given %s, it counts under %s", (url, template) => {
    expect(pageTemplate(url)).toBe(template);
  });

  test.each([
    "/api/v1/providers",
    "/metrics",
    "/openapi.json",
    "/skill.md",
    "/_next/static/x.js",
    "/.well-known/jwks.json",
  ])("given %s, it is counted elsewhere or not at all", (url) => {
    expect(pageTemplate(url)).toBeNull();
  });

  test("given every page that there is, it has a template of its own", () => {
    const pages = readdirSync("app", { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith("/page.tsx"))
      .map((file) => file.split("/")[0] ?? "");
    const folders = new Set(pages.filter((folder) => !folder.startsWith("(")));
    expect(folders).toContain("status");
    for (const folder of folders) expect(pageTemplate(`/${folder}`)).toBe(`/${folder}`);
  });
});
