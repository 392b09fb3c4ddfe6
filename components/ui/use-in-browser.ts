"use client";
import { useSyncExternalStore } from "react";

const subscribe = () => () => {};

/** False on the server and in the first drawing here, which has to be the same; then true. */
export function useInBrowser(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
}
