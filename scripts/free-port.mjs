import { createServer } from "node:net";

/** @param {number} wanted 0 for any @returns {Promise<number>} a port of 127.0.0.1 that is free now */
export function freePort(wanted = 0) {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", (error) => (wanted ? freePort().then(done, fail) : fail(error)));
    probe.listen(wanted, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => done(address && typeof address === "object" ? address.port : 0));
    });
  });
}
