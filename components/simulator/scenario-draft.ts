import { LEDGER_ASSET } from "@/lib/domain/asset";
import { TIER_NAMES, type TierName } from "@/lib/domain/tier";
import { parseAmount } from "@/lib/format";

/** What stands in the form's controls: all text, in the units that the labels say. */
export type StreamDraft = {
  tier: TierName;
  perDay: string;
  perHour: string;
  price: string;
  /** Whether calls come evenly, at listed hours, or not at all. */
  pattern: "every" | "at" | "none";
  everyMinutes: string;
  atHours: string;
  closeHour: string;
};
export type ScenarioDraft = {
  hours: string;
  depositHours: string;
  graceMinutes: string;
  wallet: string;
  topUp: boolean;
  triggerHours: string;
  chunkHours: string;
  streams: readonly StreamDraft[];
};

/** What is wrong, by the name that the API gives the field: "lengthMs", "streams.0.rate". */
export type DraftErrors = Readonly<Record<string, string>>;

export const newStream: StreamDraft = {
  tier: "basic",
  perDay: "",
  perHour: "",
  price: "",
  pattern: "every",
  everyMinutes: "30",
  atHours: "1, 4, 8",
  closeHour: "",
};

/** What the form begins with: a rule that works, and a limit that is met. */
export const newDraft: ScenarioDraft = {
  hours: "12",
  depositHours: "4",
  graceMinutes: "15",
  wallet: "100",
  topUp: true,
  triggerHours: "1",
  chunkHours: "4",
  streams: [
    { ...newStream, tier: "professional", everyMinutes: "15" },
    { ...newStream, tier: "basic", everyMinutes: "5", price: "0.001" },
  ],
};

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** The scenario that a form says, as the API takes it, and what is wrong with it. The API checks the bounds. */
export function readScenario(draft: ScenarioDraft): {
  scenario: Record<string, unknown>;
  errors: DraftErrors;
} {
  const errors: Record<string, string> = {};
  const time = (path: string, text: string, unitMs: number) => {
    if (/^\d{1,6}(\.\d{1,6})?$/.test(text.trim())) return Math.round(Number(text) * unitMs);
    errors[path] = "Write a number, such as 4 or 0.5.";
    return undefined;
  };
  const amount = (path: string, text: string) => {
    try {
      return String(parseAmount(text.trim(), LEDGER_ASSET.decimals));
    } catch (error) {
      errors[path] = error instanceof RangeError ? error.message : "Write an amount.";
      return undefined;
    }
  };
  const optional = <T>(text: string, read: () => T) => (text.trim() === "" ? undefined : read());
  const requests = (path: string, stream: StreamDraft) => {
    if (stream.pattern === "none") return undefined;
    if (stream.pattern === "every") return { everyMs: time(path, stream.everyMinutes, MINUTE_MS) };
    return { atMs: stream.atHours.split(",").map((hour) => time(path, hour, HOUR_MS)) };
  };
  const scenario = defined({
    lengthMs: time("lengthMs", draft.hours, HOUR_MS),
    depositMs: time("depositMs", draft.depositHours, HOUR_MS),
    graceMs: time("graceMs", draft.graceMinutes, MINUTE_MS),
    wallet: optional(draft.wallet, () => amount("wallet", draft.wallet)),
    autoTopUp: draft.topUp
      ? {
          triggerMs: time("autoTopUp.triggerMs", draft.triggerHours, HOUR_MS),
          chunkMs: time("autoTopUp.chunkMs", draft.chunkHours, HOUR_MS),
        }
      : null,
    streams: draft.streams.map((stream, index) => {
      const at = `streams.${index}`;
      const perDay = optional(stream.perDay, () => amount(`${at}.rate`, stream.perDay));
      return defined({
        tier: stream.tier,
        rate: perDay && { amount: perDay, periodMs: 24 * HOUR_MS },
        maxRequestsPerHour: optional(stream.perHour, () =>
          whole(`${at}.maxRequestsPerHour`, stream.perHour, errors),
        ),
        price: optional(stream.price, () => amount(`${at}.price`, stream.price)),
        requests: requests(`${at}.requests`, stream),
        closesAtMs: optional(stream.closeHour, () => time(`${at}.closesAtMs`, stream.closeHour, HOUR_MS)),
      });
    }),
  });
  return { scenario, errors };
}

/** The API's complaints, at the fields of the form. `rest` are those that have none. */
export function placeErrors(
  errors: readonly { pointer: string; message: string }[],
  draft: ScenarioDraft,
): { placed: DraftErrors; rest: string[] } {
  const fields = ["lengthMs", "depositMs", "graceMs", "wallet", "autoTopUp.triggerMs", "autoTopUp.chunkMs"];
  const ofStream = ["tier", "rate", "maxRequestsPerHour", "price", "requests", "closesAtMs"];
  const known = [
    ...fields,
    ...draft.streams.flatMap((_, index) => ofStream.map((name) => `streams.${index}.${name}`)),
  ];
  const placed: Record<string, string> = {};
  const rest: string[] = [];
  for (const { pointer, message } of errors) {
    const path = pointer.replace(/^\/body\/scenario\//, "").replaceAll("/", ".");
    const field = known.find((name) => path === name || path.startsWith(`${name}.`));
    if (field) placed[field] ??= message;
    else rest.push(message);
  }
  return { placed, rest };
}

/** The draft as text for an address. */
export function encodeDraft(draft: ScenarioDraft): string {
  const bytes = new TextEncoder().encode(JSON.stringify(draft));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** The draft of an address, as far as it makes sense: somebody may have cut or changed it. Null when none of it does. */
export function decodeDraft(text: string): ScenarioDraft | null {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) =>
      char.charCodeAt(0),
    );
    const given: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!isRecord(given) || !Array.isArray(given.streams) || given.streams.length === 0) return null;
    return {
      ...pick(newDraft, given),
      streams: given.streams.slice(0, 20).map((stream) => {
        const kept = pick(newStream, isRecord(stream) ? stream : {});
        const tier = TIER_NAMES.find((name) => name === kept.tier) ?? newStream.tier;
        const pattern = (["every", "at", "none"] as const).find((name) => name === kept.pattern) ?? "none";
        return { ...kept, tier, pattern };
      }),
    };
  } catch {
    return null;
  }
}

/** `base`, with the members of `given` that are of the same type. */
function pick<T extends object>(base: T, given: Record<string, unknown>): T {
  const kept = Object.entries(base).map(([name, value]) => {
    const other = Object.hasOwn(given, name) ? given[name] : undefined;
    const fits = typeof other === typeof value && (typeof other !== "string" || other.length <= 2_000);
    return [name, fits && typeof other !== "object" ? other : value];
  });
  return Object.fromEntries(kept) as T; // The same members, of the same types.
}

function whole(path: string, text: string, errors: Record<string, string>): number | undefined {
  if (/^[1-9]\d{0,6}$/.test(text.trim())) return Number(text);
  errors[path] = "Write a whole number above 0.";
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function defined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}
