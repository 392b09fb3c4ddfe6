-- Transactions that the server sends by itself (lib/outbox, decision 0094): each is written down, numbered, signed and stored before it
-- is sent, so that sending is repeatable and a server may die between any two steps.

-- One lane of transactions: an account of ours on one chain. Its row is the lock under which numbers are given out.
-- `chain_hash`: of the first block, by which a devnet that was reset is told from the one before.
-- `problem`: why nothing is signed at the moment (no-coin, fees-too-high, budget-spent), null while all is well.
CREATE TABLE "chain_signer" (
    "chain_id" BIGINT NOT NULL,
    "address" TEXT NOT NULL,
    "chain_hash" TEXT NOT NULL,
    "next_nonce" BIGINT NOT NULL,
    "problem" TEXT,
    "problem_since_ms" BIGINT,

    CONSTRAINT "chain_signer_pkey" PRIMARY KEY ("chain_id", "address"),
    CONSTRAINT "chain_signer_nonce" CHECK (next_nonce >= 0),
    CONSTRAINT "chain_signer_problem" CHECK ((problem IS NULL) = (problem_since_ms IS NULL))
);

-- What is to happen on the chain, once for its key. `due_ms`: when it is looked at next; who looks pushes it on and takes the next
-- `version`, and writes only while it is still at that version: a paused server's late write does nothing.
-- `cost`: wei that it may take at most while it is under way, and what it took once it is in a block.
CREATE TABLE "chain_intent" (
    "id" BIGSERIAL NOT NULL,
    "intent_key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "chain_id" BIGINT NOT NULL,
    "signer" TEXT NOT NULL,
    "to_address" TEXT NOT NULL,
    "data" TEXT NOT NULL,
    "value" DECIMAL(78,0) NOT NULL,
    "target" TEXT NOT NULL,
    "expected" JSONB,
    "max_tries" INTEGER NOT NULL,
    "deadline_ms" BIGINT,
    "created_ms" BIGINT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "version" BIGINT NOT NULL DEFAULT 0,
    "due_ms" BIGINT NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "nonce" BIGINT,
    "gas_limit" BIGINT,
    "cost" DECIMAL(78,0),
    "signed_ms" BIGINT,
    "sent_ms" BIGINT,
    "tx_hash" TEXT,
    "block_number" BIGINT,
    "block_hash" TEXT,
    "confirmed_ms" BIGINT,
    "ended_ms" BIGINT,
    "error_code" TEXT,
    "error" TEXT,

    CONSTRAINT "chain_intent_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "chain_intent_state" CHECK (state IN ('pending', 'signed', 'submitted', 'confirmed', 'final', 'failed')),
    CONSTRAINT "chain_intent_value" CHECK (value >= 0),
    CONSTRAINT "chain_intent_numbered" CHECK (state IN ('pending', 'final', 'failed') OR nonce IS NOT NULL),
    CONSTRAINT "chain_intent_in_block" CHECK (state NOT IN ('confirmed', 'final') OR (tx_hash IS NOT NULL AND block_number IS NOT NULL)),
    CONSTRAINT "chain_intent_reason" CHECK ((state = 'failed') = (error_code IS NOT NULL))
);
CREATE UNIQUE INDEX "chain_intent_intent_key_key" ON "chain_intent"("intent_key");
CREATE UNIQUE INDEX "chain_intent_chain_id_signer_nonce_key" ON "chain_intent"("chain_id", "signer", "nonce");
CREATE INDEX "chain_intent_chain_id_signer_state_due_ms_idx" ON "chain_intent"("chain_id", "signer", "state", "due_ms");
CREATE INDEX "chain_intent_signed_ms_idx" ON "chain_intent"("signed_ms");

-- Every signed transaction of an intent, with the bytes that are sent. Of one number only one can ever be in the chain. `cancel`: sends
-- nothing to ourselves, so that the number is used up.
CREATE TABLE "chain_attempt" (
    "intent_id" BIGINT NOT NULL,
    "seq" INTEGER NOT NULL,
    "purpose" TEXT NOT NULL,
    "nonce" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "raw" TEXT NOT NULL,
    "max_fee" DECIMAL(78,0) NOT NULL,
    "tip" DECIMAL(78,0) NOT NULL,
    "signed_ms" BIGINT NOT NULL,

    CONSTRAINT "chain_attempt_pkey" PRIMARY KEY ("intent_id", "seq"),
    CONSTRAINT "chain_attempt_purpose" CHECK (purpose IN ('effect', 'cancel')),
    CONSTRAINT "chain_attempt_fees" CHECK (tip >= 0 AND max_fee >= tip)
);
CREATE UNIQUE INDEX "chain_attempt_hash_key" ON "chain_attempt"("hash");
ALTER TABLE "chain_attempt" ADD CONSTRAINT "chain_attempt_intent_id_fkey" FOREIGN KEY ("intent_id") REFERENCES "chain_intent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What refuses again and again is left alone for a while, so that it costs the others nothing.
CREATE TABLE "chain_target" (
    "chain_id" BIGINT NOT NULL,
    "target" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "quarantined_until_ms" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "chain_target_pkey" PRIMARY KEY ("chain_id", "target")
);

-- What was signed can be sent by whoever has seen it: it is never forgotten, and never changed.
CREATE FUNCTION chain_attempt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a signed transaction is never changed or forgotten';
END $$;
CREATE TRIGGER chain_attempt_stays BEFORE UPDATE OR DELETE ON chain_attempt
  FOR EACH ROW EXECUTE FUNCTION chain_attempt_stays();
