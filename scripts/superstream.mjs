#!/usr/bin/env node
// The entry of `npx superstream`: its commands are TypeScript, which runs as it is.
await import("./register-ts.mjs");
await import("../agents/cli/main.ts");
