import { createDoor, type PaidDoor } from "@/lib/mpp/create-door";
import { doorTools } from "@/lib/mpp/paid-door";

const body = Buffer.from('{"ok":true}');

/**
 * Builds this process's paid door before anything asks for it: the real one, except that the provider's answer is made
 * here. What is measured is then the door, not the network behind it.
 */
export function putDoorInProcess(): void {
  const shared = globalThis as typeof globalThis & { superstreamDoor?: PaidDoor };
  const headers = { "content-type": "application/json" };
  shared.superstreamDoor = createDoor(doorTools(async () => ({ kind: "whole", status: 200, headers, body })));
}
