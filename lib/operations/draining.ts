// The server in front of Next and Next's own routes are different bundles of one process.
const shared = globalThis as typeof globalThis & { superstreamDraining?: boolean };

/** From now on this process says that it is not ready: whoever sends it requests should stop. */
export function startDraining(): void {
  shared.superstreamDraining = true;
}

/** Whether this process was told to end. */
export function isDraining(): boolean {
  return shared.superstreamDraining === true;
}
