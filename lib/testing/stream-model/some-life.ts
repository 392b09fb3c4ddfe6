import fc from "fast-check";
import { divCeil } from "@/lib/domain/amount";
import { PERIODS_MS, type Rate } from "@/lib/domain/rate";
import { TIER_NAMES, type TierName } from "@/lib/domain/tier";
import type { AutoTopUpRule } from "@/lib/domain/top-up";

/** One random life of a stream. Moments are relative to what the stream will do, so that its edges are hit on purpose. */
export type Life = {
  rates: Record<TierName, Rate>;
  depositMs: bigint;
  graceMs: bigint;
  /** The standing order that it is opened with. */
  rule: AutoTopUpRule | null;
  /** What the sender has before it opens the stream, and what it then puts in: base units. */
  wallet: bigint;
  deposit: bigint;
  steps: { when: Moment; act: Act }[];
};

export type Moment = { from: "now" | "depletes" | "graceEnd"; ms: bigint };

export type Act =
  | { kind: "topUp"; amount: bigint }
  | { kind: "setAutoTopUp"; rule: AutoTopUpRule | null }
  | { kind: "changeTier"; tier: TierName }
  | { kind: "pause" | "resume" | "collect" | "sweep" }
  | { kind: "close"; by: "sender" | "receiver" }
  | { kind: "authorise"; price: bigint }
  /** Ends the nth call that was authorised, also one that has ended, or never was. */
  | { kind: "serve" | "void"; call: number };

const big = (min: bigint, max: bigint) => fc.bigInt({ min, max });
const kinds = <const K extends string>(...names: K[]) => fc.constantFrom(...names);

const someRate = fc.record({
  amount: fc.oneof(big(1n, 20n), big(1n, 100_000n), big(10n ** 15n, 10n ** 20n)),
  periodMs: fc.constantFrom(...Object.values(PERIODS_MS)),
});

const someRule = fc.record({
  triggerMs: big(1n, 7_200_000n),
  chunkMs: big(1n, 14_400_000n),
  dailyMax: fc.oneof(big(1n, 1_000n), fc.constant(10n ** 30n), fc.constant(10n ** 30n)),
  expiresMs: fc.constant(null),
});

const someMoment: fc.Arbitrary<Moment> = fc.oneof(
  fc.record({ from: kinds("now"), ms: fc.oneof(big(0n, 3n), big(0n, 100_000n), big(0n, 20_000_000n)) }),
  fc.record({ from: kinds("now"), ms: big(-5_000n, 0n) }), // The machine's clock was set back.
  fc.record({ from: kinds("depletes", "depletes", "graceEnd"), ms: big(-2n, 2n) }),
);

const someAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kinds("authorise"),
      price: fc.oneof(fc.constant(0n), big(1n, 30n), big(1n, 10n ** 18n)),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kinds("serve", "void"), call: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kinds("topUp"), amount: fc.oneof(big(0n, 50n), big(1n, 10n ** 20n)) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kinds("changeTier"), tier: fc.constantFrom(...TIER_NAMES) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kinds("pause", "resume", "collect") }) },
  { weight: 4, arbitrary: fc.record({ kind: kinds("sweep") }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds("setAutoTopUp"), rule: fc.option(someRule) }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds("close"), by: kinds("sender", "receiver") }) },
);

export const someLife: fc.Arbitrary<Life> = fc
  .record({
    rates: fc.record({ basic: someRate, professional: someRate, enterprise: someRate }),
    depositMs: big(1n, 14_400_000n),
    graceMs: big(1n, 900_000n),
    rule: fc.option(someRule),
    more: big(-1n, 1_000n), // One unit too little is refused.
    left: fc.oneof(big(-1n, 10_000n), fc.constant(10n ** 24n)),
    steps: fc.array(fc.record({ when: someMoment, act: someAct }), { minLength: 4, maxLength: 16 }),
  })
  .map(({ more, left, ...life }) => {
    const { amount, periodMs } = life.rates.basic;
    const deposit = divCeil(amount * life.depositMs, periodMs) + more;
    return { ...life, deposit, wallet: deposit + left < 0n ? 0n : deposit + left };
  });
