-- What comparing the mirror with the chain's own view last said: by stream, and for all money of an asset that contracts hold for us.
-- `faults`: [{what, difference|null}], in base units; empty when it is balanced.
CREATE TABLE "chain_check" (
    "stream_id" TEXT NOT NULL,
    "block_number" BIGINT NOT NULL,
    "block_ms" BIGINT NOT NULL,
    "checked_ms" BIGINT NOT NULL,
    "faults" JSONB NOT NULL,

    CONSTRAINT "chain_check_pkey" PRIMARY KEY ("stream_id")
);
CREATE INDEX "chain_check_checked_ms_idx" ON "chain_check"("checked_ms");

CREATE TABLE "chain_asset_check" (
    "asset" TEXT NOT NULL,
    "block_number" BIGINT NOT NULL,
    "checked_ms" BIGINT NOT NULL,
    "held" DECIMAL(78,0) NOT NULL,
    "owed" DECIMAL(78,0) NOT NULL,

    CONSTRAINT "chain_asset_check_pkey" PRIMARY KEY ("asset")
);
