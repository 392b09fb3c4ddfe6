-- Credit that was bought on the chain goes back there (decision 0095): the wallet is debited, and the server's account pays by an
-- authorisation (EIP-3009) that it signs itself, which its token takes once and not after its end.

-- By asset, in its base units: what single payments brought, and what is withdrawn or on its way. What is left backs the credit; that a
-- withdrawal never takes more is the CHECK, for every transaction that there is.
CREATE TABLE "chain_backing" (
    "asset" TEXT NOT NULL,
    "charged" DECIMAL(78,0) NOT NULL,
    "withdrawn" DECIMAL(78,0) NOT NULL DEFAULT 0,

    CONSTRAINT "chain_backing_pkey" PRIMARY KEY ("asset"),
    CONSTRAINT "chain_backing_covers" CHECK (withdrawn >= 0 AND withdrawn <= charged)
);
ALTER TABLE "chain_backing" ADD CONSTRAINT "chain_backing_asset_fkey" FOREIGN KEY ("asset") REFERENCES "asset"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- `amount`: of the token, what is paid; `asked`, `debit`: of the ledger. `sender`, `nonce`: the authorisation that pays.
-- `state`: on-its-way until the chain has decided for good, then paid or returned, once.
CREATE TABLE "chain_withdrawal" (
    "id" TEXT NOT NULL,
    "payee" TEXT NOT NULL,
    "chain_id" BIGINT NOT NULL,
    "token" TEXT NOT NULL,
    "asset" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "asked" DECIMAL(78,0) NOT NULL,
    "debit" DECIMAL(78,0) NOT NULL,
    "sender" TEXT NOT NULL,
    "nonce" TEXT NOT NULL,
    "valid_before_ms" BIGINT NOT NULL,
    "intent_key" TEXT NOT NULL,
    "created_ms" BIGINT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'on-its-way',
    "ended_ms" BIGINT,
    "settled_tx" TEXT,

    CONSTRAINT "chain_withdrawal_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "chain_withdrawal_state" CHECK (state IN ('on-its-way', 'paid', 'returned')),
    CONSTRAINT "chain_withdrawal_ended" CHECK ((state = 'on-its-way') = (ended_ms IS NULL) AND (state = 'paid') = (settled_tx IS NOT NULL)),
    CONSTRAINT "chain_withdrawal_amounts" CHECK (amount > 0 AND debit > 0 AND debit <= asked)
);
CREATE UNIQUE INDEX "chain_withdrawal_intent_key_key" ON "chain_withdrawal"("intent_key");
CREATE UNIQUE INDEX "chain_withdrawal_chain_id_token_sender_nonce_key" ON "chain_withdrawal"("chain_id", "token", "sender", "nonce");
CREATE INDEX "chain_withdrawal_payee_created_ms_idx" ON "chain_withdrawal"("payee", "created_ms");
CREATE INDEX "chain_withdrawal_state_valid_before_ms_idx" ON "chain_withdrawal"("state", "valid_before_ms");
ALTER TABLE "chain_withdrawal" ADD CONSTRAINT "chain_withdrawal_asset_fkey" FOREIGN KEY ("asset") REFERENCES "asset"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the server's account held of an asset at a block, and what it owed then.
CREATE TABLE "chain_backing_check" (
    "asset" TEXT NOT NULL,
    "block_number" BIGINT NOT NULL,
    "checked_ms" BIGINT NOT NULL,
    "held" DECIMAL(78,0) NOT NULL,
    "owed" DECIMAL(78,0) NOT NULL,

    CONSTRAINT "chain_backing_check_pkey" PRIMARY KEY ("asset")
);

-- A charge backs credit from the statement that credits it. A trigger, so that no writer can forget it; and a credit that began under the
-- functions of before this migration is counted too: its UPDATE waits for this, and then finds the trigger.
CREATE FUNCTION chain_charge_backs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chain_backing AS b (asset, charged) VALUES (NEW.asset, NEW.amount)
  ON CONFLICT (asset) DO UPDATE SET charged = b.charged + excluded.charged;
  RETURN NULL;
END $$;
CREATE TRIGGER chain_charge_backs AFTER UPDATE OF credited_ms ON chain_charge
  FOR EACH ROW WHEN (OLD.credited_ms IS NULL AND NEW.credited_ms IS NOT NULL) EXECUTE FUNCTION chain_charge_backs();
INSERT INTO chain_backing (asset, charged) SELECT asset, sum(amount) FROM chain_charge WHERE credited_ms IS NOT NULL GROUP BY asset;

-- What a withdrawal of an amount in base units of `p_asset` may be at most: what backs the credit. Where `p_mixed` is false, nothing once
-- the ledger's money has another source than payments in this asset: whose of it is backed, nobody can tell then.
CREATE FUNCTION backing_left(p_asset text, p_ledger_asset text, p_mixed boolean) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT charged - withdrawn FROM chain_backing WHERE asset = p_asset AND (p_mixed OR NOT EXISTS (
    SELECT 1 FROM account a WHERE a.kind = 'external' AND a.asset = p_ledger_asset
      AND a.id NOT IN ('external:charge:' || p_asset, 'external:withdrawal:' || p_asset)))), 0)
$$;

-- Debits a wallet and writes down the withdrawal and the transaction that pays it: all three or nothing.
-- p: actor, idempotencyKey, requestHash; id, asked (ledger), amount (token), asset, ledgerAsset, mixed; chainId, token, sender, nonce,
-- validBeforeMs, and of the transaction: data, expected, target, maxTries.
CREATE FUNCTION withdraw_credit(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  answer jsonb := claim_operation(p);
  asset_id text := p->>'asset'; wallet text := wallet_of(p->>'actor'); outside text := 'external:withdrawal:' || (p->>'asset');
  paid numeric := (p->>'amount')::numeric; asked numeric := (p->>'asked')::numeric;
  key text := 'withdraw:' || (p->>'id'); worth numeric; debit numeric; balance numeric; available numeric; now_ms bigint;
BEGIN
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  SELECT a.worth INTO worth FROM asset a WHERE a.id = asset_id;
  IF worth IS NULL THEN PERFORM refuse('wallet/not-backed', '{"available": "0"}'); END IF;
  debit := paid * worth;
  -- What was signed is the whole units of what was asked for: the caller divided as we do, or nothing happens.
  IF paid <= 0 OR paid <> trunc(paid) OR debit > asked OR asked - debit >= worth THEN RAISE EXCEPTION 'withdrawal of %: % is not its payout', asked, paid; END IF;
  PERFORM ensure_account(outside, 'external', 'external', p->>'ledgerAsset');
  PERFORM lock_accounts(ARRAY[wallet]);
  SELECT a.balance INTO balance FROM account a WHERE a.id = wallet;
  IF coalesce(balance, 0) < debit THEN
    PERFORM refuse('insufficient-balance', jsonb_build_object('balance', coalesce(balance, 0)::text, 'required', debit::text));
  END IF;
  -- One withdrawal of an asset at a time from here on: what the next one may take depends on this one.
  PERFORM 1 FROM chain_backing b WHERE b.asset = asset_id FOR UPDATE;
  available := backing_left(asset_id, p->>'ledgerAsset', (p->>'mixed')::boolean);
  IF paid > available THEN
    PERFORM refuse('wallet/not-backed', jsonb_build_object('available', least(available * worth, balance - balance % worth)::text));
  END IF;
  UPDATE chain_backing b SET withdrawn = b.withdrawn + paid WHERE b.asset = asset_id;
  now_ms := clock_ms();
  PERFORM post_entry(key, 'withdrawal', NULL, p->>'actor', now_ms,
    jsonb_strip_nulls(jsonb_build_object('operation', p->>'idempotencyKey', 'asset', asset_id, 'amount', paid::text)), wallet, outside, debit);
  INSERT INTO chain_withdrawal (id, payee, chain_id, token, asset, amount, asked, debit, sender, nonce, valid_before_ms, intent_key, created_ms)
  VALUES (p->>'id', p->>'actor', (p->>'chainId')::bigint, p->>'token', asset_id, paid, asked, debit, p->>'sender', p->>'nonce',
          (p->>'validBeforeMs')::bigint, key, now_ms);
  INSERT INTO chain_intent (intent_key, kind, chain_id, signer, to_address, data, value, target, expected, max_tries, deadline_ms, created_ms, due_ms)
  VALUES (key, 'withdraw', (p->>'chainId')::bigint, p->>'sender', p->>'token', p->>'data', 0, p->>'target', p->'expected',
          (p->>'maxTries')::int, (p->>'validBeforeMs')::bigint, now_ms, now_ms);
  RETURN finish_operation(p, jsonb_build_object('withdrawalId', p->>'id'));
END $$;

-- Ends a withdrawal by what the chain says for good, once; calling it again changes nothing.
-- p: id, paidBy (the transaction in which the token paid, so deep that it stays; null: at such a block, past the authorisation's end, it has
-- not, and so never will). Returns {state}, or null without such a withdrawal.
CREATE FUNCTION end_withdrawal(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE w chain_withdrawal; i chain_intent; wallet text; now_ms bigint;
BEGIN
  SELECT * INTO w FROM chain_withdrawal WHERE id = p->>'id' FOR UPDATE;
  IF w.id IS NULL THEN RETURN NULL; END IF;
  IF w.state <> 'on-its-way' THEN RETURN jsonb_build_object('state', w.state); END IF;
  SELECT * INTO STRICT i FROM chain_intent WHERE intent_key = w.intent_key FOR UPDATE;
  IF p->>'paidBy' IS NOT NULL THEN
    UPDATE chain_withdrawal SET state = 'paid', ended_ms = clock_ms(), settled_tx = p->>'paidBy' WHERE id = w.id;
    RETURN jsonb_build_object('state', 'paid');
  END IF;
  -- A node may err, or lie: nothing comes back before its time by our clock too, nor while a receipt says that it was paid.
  IF clock_ms() < w.valid_before_ms OR i.state IN ('confirmed', 'final') THEN RETURN jsonb_build_object('state', w.state); END IF;
  wallet := wallet_of(w.payee);
  PERFORM lock_accounts(ARRAY[wallet]);
  now_ms := clock_ms();
  UPDATE chain_backing SET withdrawn = withdrawn - w.amount WHERE asset = w.asset;
  PERFORM post_entry(w.intent_key || ':back', 'withdrawal-returned', NULL, w.payee, now_ms, jsonb_build_object('asset', w.asset, 'amount', w.amount::text),
                     'external:withdrawal:' || w.asset, wallet, w.debit);
  UPDATE chain_withdrawal SET state = 'returned', ended_ms = now_ms WHERE id = w.id;
  RETURN jsonb_build_object('state', 'returned');
END $$;
