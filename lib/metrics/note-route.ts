type Listener = (endpoint: string, method: string) => void;

const shared = globalThis as typeof globalThis & { superstreamRouteListener?: Listener };

/** Tells the one listener, if there is one, which route the request under way is for: tracing names its span by it. */
export function noteRoute(endpoint: string, method: string): void {
  shared.superstreamRouteListener?.(endpoint, method);
}

export function listenToRoutes(listener: Listener): void {
  shared.superstreamRouteListener = listener;
}
