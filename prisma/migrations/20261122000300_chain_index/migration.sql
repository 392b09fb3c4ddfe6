-- What is read from a chain. lib/indexer/README.md says who writes here, and docs/decisions/0089 why it looks like this.

-- Where the index of a chain stands. Its row is the lock of whoever writes: they compare `generation` with what they read before.
CREATE TABLE "chain_cursor" (
    "chain_id" BIGINT NOT NULL,
    "sources" TEXT NOT NULL,
    "generation" BIGINT NOT NULL DEFAULT 0,
    "number" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "at_ms" BIGINT NOT NULL,
    "confirmed_number" BIGINT NOT NULL,
    "head_number" BIGINT NOT NULL,
    "lag_ms" BIGINT NOT NULL DEFAULT 0,
    "checked_ms" BIGINT NOT NULL DEFAULT 0,
    "error" TEXT,

    CONSTRAINT "chain_cursor_pkey" PRIMARY KEY ("chain_id"),
    CONSTRAINT "chain_cursor_order" CHECK (confirmed_number <= number AND generation >= 0)
);

-- The last blocks of the canonical chain as the index took it, all of them near its end; of older ones those of `checkpoint`.
CREATE TABLE "chain_block" (
    "chain_id" BIGINT NOT NULL,
    "number" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "parent_hash" TEXT NOT NULL,
    "at_ms" BIGINT NOT NULL,
    "checkpoint" BOOLEAN NOT NULL,

    CONSTRAINT "chain_block_pkey" PRIMARY KEY ("chain_id", "number")
);

-- Events of the canonical chain, decoded. A block that is taken back takes its rows along.
CREATE TABLE "chain_log" (
    "chain_id" BIGINT NOT NULL,
    "block_number" BIGINT NOT NULL,
    "log_index" INTEGER NOT NULL,
    "block_hash" TEXT NOT NULL,
    "at_ms" BIGINT NOT NULL,
    "tx_hash" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "subjects" TEXT[],
    "args" JSONB NOT NULL,

    CONSTRAINT "chain_log_pkey" PRIMARY KEY ("chain_id", "block_number", "log_index")
);

-- The logs of a stream, or of an account. Entered at once and not gathered first (fastupdate): every step looks for what it has
-- just written, and would have to walk through what is gathered.
CREATE INDEX "chain_log_subjects_idx" ON "chain_log" USING GIN ("subjects") WITH (fastupdate = off);

-- A log is deleted and written anew, never changed: a row under the same key may be of another history.
CREATE FUNCTION chain_log_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a log of the chain is never changed';
END $$;
CREATE TRIGGER chain_log_unchanged BEFORE UPDATE ON chain_log EXECUTE FUNCTION chain_log_is_final();
