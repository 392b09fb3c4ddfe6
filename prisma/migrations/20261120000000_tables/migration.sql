-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "provider" (
    "id" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "endpoint" TEXT NOT NULL,
    "capabilities" TEXT[],
    "category" TEXT NOT NULL,
    "model" TEXT,
    "service_type" SMALLINT NOT NULL DEFAULT 0,
    "deposit_ms" BIGINT NOT NULL DEFAULT 14400000,
    "grace_ms" BIGINT NOT NULL DEFAULT 900000,
    "max_concurrency" INTEGER NOT NULL DEFAULT 16,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_tier" (
    "provider_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "rate_amount" DECIMAL(78,0) NOT NULL,
    "rate_period_ms" BIGINT NOT NULL,
    "max_requests_per_hour" INTEGER NOT NULL,
    "priority" TEXT NOT NULL,
    "overridden" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "provider_tier_pkey" PRIMARY KEY ("provider_id","name")
);

-- CreateTable
CREATE TABLE "service" (
    "id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "category" TEXT NOT NULL,
    "capability" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "input_schema" JSONB NOT NULL,
    "output_schema" JSONB,
    "pricing_model" TEXT NOT NULL DEFAULT 'per_second',
    "price_per_call" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "example" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "service_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "asset" TEXT NOT NULL,
    "balance" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "next_seq" BIGINT NOT NULL DEFAULT 0,
    "head" BYTEA,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "journal_entry" (
    "id" BIGSERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "stream_id" TEXT,
    "actor" TEXT NOT NULL,
    "at_ms" BIGINT NOT NULL,
    "memo" JSONB NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "journal_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "posting" (
    "entry_id" BIGINT NOT NULL,
    "account_id" TEXT NOT NULL,
    "seq" BIGINT,
    "asset" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "balance_after" DECIMAL(78,0),
    "hash" BYTEA,

    CONSTRAINT "posting_pkey" PRIMARY KEY ("entry_id","account_id")
);

-- CreateTable
CREATE TABLE "stream" (
    "id" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "receiver" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "rail" TEXT NOT NULL DEFAULT 'ledger',
    "asset" TEXT NOT NULL,
    "tier" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "rate_amount" DECIMAL(78,0) NOT NULL,
    "rate_period_ms" BIGINT NOT NULL,
    "max_requests_per_hour" INTEGER NOT NULL,
    "priority" TEXT NOT NULL,
    "grace_ms" BIGINT NOT NULL,
    "funded" DECIMAL(78,0) NOT NULL,
    "billed" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "used" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "held" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "refunded" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "carried_num" DECIMAL(150,0) NOT NULL DEFAULT 0,
    "carried_den" DECIMAL(60,0) NOT NULL DEFAULT 1,
    "segment_started_ms" BIGINT,
    "opened_ms" BIGINT NOT NULL,
    "last_ms" BIGINT NOT NULL,
    "depletes_ms" BIGINT,
    "grace_until_ms" BIGINT,
    "closed_ms" BIGINT,
    "close_cause" TEXT,
    "due_ms" BIGINT,
    "next_seq" BIGINT NOT NULL DEFAULT 1,
    "next_event" INTEGER NOT NULL DEFAULT 0,
    "next_segment" INTEGER NOT NULL DEFAULT 0,
    "next_bill" INTEGER NOT NULL DEFAULT 0,
    "next_top_up" INTEGER NOT NULL DEFAULT 0,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "served" BIGINT NOT NULL DEFAULT 0,
    "denied" BIGINT NOT NULL DEFAULT 0,
    "auto_trigger_ms" BIGINT,
    "auto_chunk_ms" BIGINT,
    "auto_daily_max" DECIMAL(78,0),
    "auto_expires_ms" BIGINT,
    "auto_day" BIGINT,
    "auto_spent" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "auto_failed" TEXT,

    CONSTRAINT "stream_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stream_segment" (
    "stream_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "tier" TEXT NOT NULL,
    "rate_amount" DECIMAL(78,0) NOT NULL,
    "rate_period_ms" BIGINT NOT NULL,
    "start_ms" BIGINT NOT NULL,
    "start_cause" TEXT NOT NULL,
    "end_ms" BIGINT,
    "end_cause" TEXT,
    "end_num" DECIMAL(150,0),
    "end_den" DECIMAL(60,0),

    CONSTRAINT "stream_segment_pkey" PRIMARY KEY ("stream_id","seq")
);

-- CreateTable
CREATE TABLE "stream_event" (
    "stream_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "at_ms" BIGINT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "stream_event_pkey" PRIMARY KEY ("stream_id","seq")
);

-- CreateTable
CREATE TABLE "hold" (
    "id" TEXT NOT NULL,
    "stream_id" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "state" TEXT NOT NULL,
    "created_ms" BIGINT NOT NULL,
    "settled_ms" BIGINT,

    CONSTRAINT "hold_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "request" (
    "id" TEXT NOT NULL,
    "stream_id" TEXT,
    "seq" BIGINT,
    "provider_id" TEXT NOT NULL,
    "service_id" TEXT,
    "payer" TEXT NOT NULL,
    "request_type" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "via" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "accrued" DECIMAL(78,0),
    "price" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "at_ms" BIGINT NOT NULL,
    "deadline_ms" BIGINT,
    "completed_ms" BIGINT,
    "http_status" INTEGER,
    "idempotency_key" TEXT,
    "request_hash" TEXT NOT NULL,
    "request_digest" TEXT,
    "response_digest" TEXT,
    "receipt" TEXT,

    CONSTRAINT "request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "request_answer" (
    "request_id" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "headers" JSONB NOT NULL,
    "body" BYTEA NOT NULL,
    "expires_ms" BIGINT NOT NULL,

    CONSTRAINT "request_answer_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "proof_claim" (
    "kind" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "payer" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "at_ms" BIGINT NOT NULL,
    "expires_ms" BIGINT NOT NULL,

    CONSTRAINT "proof_claim_pkey" PRIMARY KEY ("kind","id")
);

-- CreateTable
CREATE TABLE "stream_session" (
    "token_hash" BYTEA NOT NULL,
    "stream_id" TEXT NOT NULL,
    "generation" INTEGER NOT NULL,
    "created_ms" BIGINT NOT NULL,
    "expires_ms" BIGINT NOT NULL,

    CONSTRAINT "stream_session_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "idempotency" (
    "actor" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "response" JSONB,
    "created_ms" BIGINT NOT NULL,

    CONSTRAINT "idempotency_pkey" PRIMARY KEY ("actor","key")
);

-- CreateTable
CREATE TABLE "counter" (
    "scope" TEXT NOT NULL,
    "shard" SMALLINT NOT NULL,
    "requests" BIGINT NOT NULL DEFAULT 0,
    "earned" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "streams_total" BIGINT NOT NULL DEFAULT 0,
    "streams_active" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "counter_pkey" PRIMARY KEY ("scope","shard")
);

-- CreateTable
CREATE TABLE "siwe_nonce" (
    "nonce" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "siwe_nonce_pkey" PRIMARY KEY ("nonce")
);

-- CreateTable
CREATE TABLE "auth_session" (
    "token_hash" BYTEA NOT NULL,
    "address" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "auth_session_pkey" PRIMARY KEY ("token_hash")
);

-- CreateIndex
CREATE INDEX "provider_owner_idx" ON "provider"("owner");

-- CreateIndex
CREATE INDEX "provider_category_idx" ON "provider"("category");

-- CreateIndex
CREATE INDEX "provider_model_idx" ON "provider"("model");

-- CreateIndex
CREATE INDEX "service_category_idx" ON "service"("category");

-- CreateIndex
CREATE INDEX "service_capability_idx" ON "service"("capability");

-- CreateIndex
CREATE UNIQUE INDEX "service_provider_id_slug_key" ON "service"("provider_id", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "service_provider_id_method_path_key" ON "service"("provider_id", "method", "path");

-- CreateIndex
CREATE INDEX "account_owner_idx" ON "account"("owner");

-- CreateIndex
CREATE UNIQUE INDEX "journal_entry_key_key" ON "journal_entry"("key");

-- CreateIndex
CREATE INDEX "journal_entry_stream_id_id_idx" ON "journal_entry"("stream_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "posting_account_id_seq_key" ON "posting"("account_id", "seq");

-- CreateIndex
CREATE INDEX "stream_sender_opened_ms_id_idx" ON "stream"("sender", "opened_ms", "id");

-- CreateIndex
CREATE INDEX "stream_receiver_opened_ms_id_idx" ON "stream"("receiver", "opened_ms", "id");

-- CreateIndex
CREATE INDEX "stream_sender_provider_id_idx" ON "stream"("sender", "provider_id");

-- CreateIndex
CREATE INDEX "stream_due_ms_idx" ON "stream"("due_ms");

-- CreateIndex
CREATE INDEX "hold_stream_id_idx" ON "hold"("stream_id");

-- CreateIndex
CREATE INDEX "request_payer_at_ms_idx" ON "request"("payer", "at_ms");

-- CreateIndex
CREATE INDEX "request_answer_expires_ms_idx" ON "request_answer"("expires_ms");

-- CreateIndex
CREATE INDEX "proof_claim_expires_ms_idx" ON "proof_claim"("expires_ms");

-- CreateIndex
CREATE INDEX "stream_session_expires_ms_idx" ON "stream_session"("expires_ms");

-- CreateIndex
CREATE INDEX "auth_session_address_idx" ON "auth_session"("address");

-- AddForeignKey
ALTER TABLE "provider_tier" ADD CONSTRAINT "provider_tier_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "provider"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "service" ADD CONSTRAINT "service_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "provider"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_entry_id_fkey" FOREIGN KEY ("entry_id") REFERENCES "journal_entry"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stream" ADD CONSTRAINT "stream_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "provider"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stream_segment" ADD CONSTRAINT "stream_segment_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "stream"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stream_event" ADD CONSTRAINT "stream_event_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "stream"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

