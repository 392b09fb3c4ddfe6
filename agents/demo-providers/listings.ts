import { demoProviders } from "./demo-providers";
import type { DemoListing } from "./shared/demo-listing";

export type { DemoListing, DemoService } from "./shared/demo-listing";

/** What the demo providers offer: plain data for registration and the seed, the same as each `/manifest.json`. */
export const demoListings: readonly DemoListing[] = demoProviders.map(({ listing }) => listing);
