import "server-only";
import { Prisma } from "@/lib/db/generated/client";
import { prisma } from "@/lib/db/prisma";
import { effectiveTiers, isTierName, type TierName, type TierOverride } from "@/lib/domain/tier";
import { env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { newId } from "@/lib/streams/new-id";
import { checkEndpoint } from "./check-endpoint";
import type { Remark } from "./check-json-schema";
import { checkService } from "./check-service";
import { forgetDoor } from "./get-door";
import type { RegisterProviderInput, ServiceInput } from "./provider-input";

/** Two registrations of one provider take turns at its row: how long the second may wait, and take. */
const PATIENCE = { maxWait: 5_000, timeout: 10_000 };

/**
 * Registers a provider, or changes one that the same owner registered before (S0.1). Earnings, served requests and the
 * creation time live elsewhere or are left alone, so a second registration never resets them (D0.11). All three tiers
 * are written with their effective values (D0.5); streams that run keep the price of their opening (S0.5).
 *
 * @param input.owner the signed-in address, lower case: it receives what the streams pay
 * @throws ProblemError `unknown-tier`, `provider-taken`, or `invalid-input` for an endpoint or a JSON Schema
 */
export async function registerProvider(
  input: RegisterProviderInput & { owner: string },
): Promise<{ status: "registered"; agentId: string }> {
  const endpoint = checkEndpoint(input.endpoint, env.UPSTREAM_ALLOW);
  const tiers = effectiveTiers(namedOverrides(input.tierOverrides));
  refuseRemarks([
    ...checkCapabilities(input),
    ...input.services.flatMap(checkListed),
    ...checkUnique(input.services),
  ]);

  await prisma().$transaction(async (tx) => {
    await writeProvider(tx, { ...input, endpoint });
    for (const tier of Object.values(tiers)) {
      const row = {
        rateAmount: tier.rate.amount.toString(),
        ratePeriodMs: tier.rate.periodMs,
        maxRequestsPerHour: tier.maxRequestsPerHour,
        priority: tier.priority,
        overridden: tier.overridden,
      };
      const key = { providerId: input.id, name: tier.name };
      await tx.providerTier.upsert({
        where: { providerId_name: key },
        create: { ...key, ...row },
        update: row,
      });
    }
    await replaceServices(tx, input.id, input.services);
  }, PATIENCE);
  forgetDoor(input.id);
  return { status: "registered", agentId: input.id };
}

function namedOverrides(
  overrides: RegisterProviderInput["tierOverrides"],
): Partial<Record<TierName, TierOverride>> {
  const stranger = Object.keys(overrides).find((name) => !isTierName(name));
  if (stranger !== undefined)
    throw new ProblemError("unknown-tier", `Unknown tier: ${stranger}`, { extensions: { tier: stranger } });
  return Object.fromEntries(
    Object.entries(overrides).map(([name, override]) => [name, withoutAbsent(override)]),
  );
}

/** `{rate: undefined}` would override the default with nothing. */
function withoutAbsent(override: RegisterProviderInput["tierOverrides"][string]): TierOverride {
  return Object.fromEntries(Object.entries(override).filter(([, value]) => value !== undefined));
}

function checkCapabilities({ capabilities, services }: RegisterProviderInput): Remark[] {
  const repeated = capabilities
    .map((capability, index) => ({ capability, index }))
    .filter(({ capability, index }) => capabilities.indexOf(capability) !== index)
    .map(({ index }) => ({
      pointer: `/body/capabilities/${index}`,
      message: "This capability is listed twice.",
    }));
  const unlisted = services
    .map(({ capability }, index) => ({ capability, index }))
    .filter(({ capability }) => !capabilities.includes(capability))
    .map(({ index }) => ({
      pointer: `/body/services/${index}/capability`,
      message: "The provider does not list it.",
    }));
  return [...repeated, ...unlisted];
}

function checkListed(service: ServiceInput, index: number): Remark[] {
  return checkService(service, `/body/services/${index}`);
}

function checkUnique(services: ServiceInput[]): Remark[] {
  const seen = new Set<string>();
  return services.flatMap(({ slug, method, path }, index) => {
    const keys = [`slug ${slug}`, `${method} ${path}`];
    const taken = keys.filter((key) => seen.has(key));
    for (const key of keys) seen.add(key);
    return taken.map((key) => ({
      pointer: `/body/services/${index}`,
      message: `Another service has ${key}.`,
    }));
  });
}

function refuseRemarks(errors: Remark[]): void {
  const first = errors[0];
  if (!first) return;
  throw new ProblemError("invalid-input", `${first.pointer}: ${first.message}`, {
    extensions: { errors: errors.slice(0, 20) },
  });
}

/** One statement decides whose name it is: of two owners who come at once, the second is refused. */
async function writeProvider(tx: Prisma.TransactionClient, input: RegisterProviderInput & { owner: string }) {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    insert into provider (id, owner, name, description, endpoint, capabilities, category, model, service_type,
                          deposit_ms, grace_ms, max_concurrency, active, updated_at)
    values (${input.id}, ${input.owner}, ${input.name}, ${input.description}, ${input.endpoint}, ${input.capabilities},
            ${input.category}, ${input.model}, ${input.serviceType}, ${input.depositMs}, ${input.graceMs},
            ${input.maxConcurrency}, ${input.active}, clock_timestamp())
    on conflict (id) do update set
      name = excluded.name, description = excluded.description, endpoint = excluded.endpoint,
      capabilities = excluded.capabilities, category = excluded.category, model = excluded.model,
      service_type = excluded.service_type, deposit_ms = excluded.deposit_ms, grace_ms = excluded.grace_ms,
      max_concurrency = excluded.max_concurrency, active = excluded.active, updated_at = excluded.updated_at
    where provider.owner = excluded.owner
    returning id`;
  if (rows.length === 0)
    throw new ProblemError("provider-taken", `Provider ${input.id} belongs to somebody else.`);
}

/** Services that are no longer listed go; one that stays keeps its id, which others may have linked to. */
async function replaceServices(tx: Prisma.TransactionClient, providerId: string, services: ServiceInput[]) {
  const earlier = await tx.service.findMany({
    where: { providerId },
    select: { id: true, slug: true, createdAt: true },
  });
  await tx.service.deleteMany({ where: { providerId } });
  await tx.service.createMany({
    data: services.map(({ inputSchema, outputSchema, example, pricePerCall, ...service }) => {
      const kept = earlier.find(({ slug }) => slug === service.slug);
      return {
        ...service,
        id: kept?.id ?? newId("svc"),
        ...(kept ? { createdAt: kept.createdAt } : {}),
        providerId,
        inputSchema: inputSchema as Prisma.InputJsonObject, // It came from JSON.
        outputSchema: (outputSchema as Prisma.InputJsonObject | null) ?? Prisma.DbNull,
        example: (example as Prisma.InputJsonObject | null | undefined) ?? Prisma.DbNull,
        pricePerCall: pricePerCall.toString(),
      };
    }),
  });
}
