/** What an amount counts. `decimals` base-unit digits make one whole token. */
export type Asset = { readonly symbol: string; readonly decimals: number };

/** The play-money dollar of the ledger rail. One token is one US dollar of price. */
export const LEDGER_ASSET = { symbol: "USDCx", decimals: 18 } as const satisfies Asset;
