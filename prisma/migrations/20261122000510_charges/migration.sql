-- Single payments (evm/charge, x402 exact): a payer signs an authorisation (EIP-3009) for a dollar token, the server settles it on the chain
-- (chain_intent), and once that is confirmed its worth is the payer's credit on the ledger. Decision 0094.

-- One row an authorisation, for ever: it is credited once, whoever shows it, how often and at which door.
-- `funds`: what became of the credit at the door, decided before it is done: 'open', or the stream that was topped up.
CREATE TABLE "chain_charge" (
    "chain_id" BIGINT NOT NULL,
    "token" TEXT NOT NULL,
    "payer" TEXT NOT NULL,
    "nonce" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "asset" TEXT NOT NULL,
    "intent_key" TEXT NOT NULL,
    "scheme" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "tier" TEXT NOT NULL,
    "created_ms" BIGINT NOT NULL,
    "credited_ms" BIGINT,
    "credit" DECIMAL(78,0),
    "settled_tx" TEXT,
    "funds" TEXT,

    CONSTRAINT "chain_charge_pkey" PRIMARY KEY ("chain_id", "token", "payer", "nonce"),
    CONSTRAINT "chain_charge_scheme" CHECK (scheme IN ('mpp', 'x402')),
    CONSTRAINT "chain_charge_credited" CHECK ((credited_ms IS NULL) = (credit IS NULL) AND (credited_ms IS NULL) = (settled_tx IS NULL) AND (funds IS NULL OR credited_ms IS NOT NULL))
);
CREATE UNIQUE INDEX "chain_charge_intent_key_key" ON "chain_charge"("intent_key");
CREATE INDEX "chain_charge_credited_ms_idx" ON "chain_charge"("credited_ms");
ALTER TABLE "chain_charge" ADD CONSTRAINT "chain_charge_asset_fkey" FOREIGN KEY ("asset") REFERENCES "asset"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Credits a charge whose settlement is confirmed. Calling it again changes nothing.
-- p: chainId, token, payer, nonce, asset (what it is counted in on the ledger), foundTx (where our transaction failed because somebody else had sent
-- the same authorisation: that transaction, checked by the caller). Returns {state: 'credited', credit, tx} | {state: 'waiting'} | {state: 'failed', code, error} | null without such a charge.
CREATE FUNCTION credit_charge(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE c chain_charge; i chain_intent; worth numeric; outside text; wallet text;
BEGIN
  SELECT * INTO c FROM chain_charge WHERE chain_id = (p->>'chainId')::bigint AND token = p->>'token' AND payer = p->>'payer' AND nonce = p->>'nonce' FOR UPDATE;
  IF c.intent_key IS NULL THEN RETURN NULL; END IF;
  SELECT * INTO STRICT i FROM chain_intent WHERE intent_key = c.intent_key;
  IF c.credited_ms IS NULL THEN
    IF i.state = 'failed' AND p->>'foundTx' IS NULL THEN RETURN jsonb_build_object('state', 'failed', 'code', i.error_code, 'error', i.error); END IF;
    IF i.state NOT IN ('confirmed', 'final', 'failed') THEN RETURN jsonb_build_object('state', 'waiting'); END IF;
    SELECT a.worth INTO STRICT worth FROM asset a WHERE a.id = c.asset;
    IF worth IS NULL THEN RAISE EXCEPTION 'charge %: % is no dollar', c.intent_key, c.asset; END IF;
    outside := 'external:charge:' || c.asset; wallet := 'wallet:' || c.payer;
    PERFORM ensure_account(outside, 'external', 'external', p->>'asset');
    PERFORM ensure_account(wallet, c.payer, 'wallet', p->>'asset');
    PERFORM lock_accounts(ARRAY[wallet]);
    c.credited_ms := clock_ms(); c.credit := c.amount * worth; c.settled_tx := CASE i.state WHEN 'failed' THEN p->>'foundTx' ELSE i.tx_hash END;
    PERFORM post_entry(c.intent_key, 'charge', NULL, c.payer, c.credited_ms, jsonb_build_object('asset', c.asset, 'amount', c.amount::text, 'tx', c.settled_tx),
                       outside, wallet, c.credit);
    UPDATE chain_charge SET credited_ms = c.credited_ms, credit = c.credit, settled_tx = c.settled_tx
    WHERE chain_id = c.chain_id AND token = c.token AND payer = c.payer AND nonce = c.nonce;
  END IF;
  RETURN jsonb_build_object('state', 'credited', 'credit', c.credit::text, 'tx', c.settled_tx);
END $$;
