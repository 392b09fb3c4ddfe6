import "server-only";
import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "./generated/client";
import { pool } from "./pool";

const shared = globalThis as typeof globalThis & { superstreamPrisma?: PrismaClient };

/** Ordinary reads and writes, on the same connections as the money functions. Money never moves through here. */
export function prisma(): PrismaClient {
  shared.superstreamPrisma ??= new PrismaClient({ adapter: new PrismaPg(pool()) });
  return shared.superstreamPrisma;
}
