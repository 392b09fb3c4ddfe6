import { createServer } from "node:net";
import { expect, test } from "vitest";
import { migrateDatabase } from "./migrate-database.mjs";

const PASSWORD = "do-not-repeat-me";

test.each(["127.0.0.1", "localhost"])(
  "given %s where nothing listens, it refuses in one line that names the setting",
  async (host) => {
    const url = `postgresql://someone:${PASSWORD}@${host}:${await closedPort()}/x`;
    const refusal = await migrateDatabase(url).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      name: "Refusal",
      message: expect.stringMatching(/^DATABASE_URL: cannot connect: .*ECONNREFUSED.*\.$/),
    });
    expect(String(refusal)).not.toContain(PASSWORD);
  },
);

/** A port that was free a moment ago. */
function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 1));
    });
  });
}
