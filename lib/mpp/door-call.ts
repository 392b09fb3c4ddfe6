import type { Door, DoorService, DoorTier } from "./door-types";
import type { Credentials } from "./read-credentials";
import type { DoorTarget, RequestBinding } from "./read-door-request";
import type { StreamOffers } from "./stream-offers";

/** One request at the door, read and understood, before anything is known of who pays. */
export type DoorCall = {
  requestId: string;
  method: string;
  target: DoorTarget;
  headers: Headers;
  body: Uint8Array;
  /** The URL that was called, on our public origin whatever host the request named. */
  resource: string;
  binding: RequestBinding;
  credentials: Credentials;
  /** Hex digest by which the ledger knows a `Stream-Session` token. */
  hashSession: (token: string) => string;
  door: Door;
  service: DoorService;
  /** The provider's path, rebuilt from the listing. */
  path: string;
  tier: DoorTier;
  /** How this route can be paid by a stream, the ledger first. */
  readonly offers: StreamOffers;
};
