import type { Abi, AbiEvent } from "viem";

/** @throws Error when the interface lacks one: it has changed, and what reads the event has to */
export function eventsOf(abi: Abi, names: readonly string[]): AbiEvent[] {
  return names.map((name) => {
    const event = abi.find((item): item is AbiEvent => item.type === "event" && item.name === name);
    if (!event) throw new Error(`The interface has no event ${name}.`);
    return event;
  });
}
