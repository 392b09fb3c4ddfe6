/** A block of the canonical chain: what a mirror says is as of one. */
export type Block = { number: bigint; hash: string; atMs: bigint };
