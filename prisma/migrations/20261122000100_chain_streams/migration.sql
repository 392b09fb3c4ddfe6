-- Streams whose money is on a chain. The chain is the authority: `stream` holds a mirror of it, so that a paid call is authorised by
-- the same one round trip as on the ledger, and what the chain decides is written by mirror_stream() alone (decision 0090).

-- What an amount counts: one row an asset, by its CAIP-19 name; the play money of the ledger has none. `worth`: base units of the
-- ledger's dollar that one base unit is worth; null where it is no dollar, and no price of the market can be paid in it.
CREATE TABLE "asset" (
    "id" TEXT NOT NULL,
    "symbol" TEXT NOT NULL,
    "decimals" SMALLINT NOT NULL,
    "chain_id" BIGINT,
    "address" TEXT,
    "worth" DECIMAL(78,0),

    CONSTRAINT "asset_pkey" PRIMARY KEY ("id")
);
INSERT INTO asset (id, symbol, decimals, worth) VALUES ('USDCx', 'USDCx', 18, 1);

-- Where a stream stands on its chain. `subject` names it there (streampay:12), `facts` is what was mirrored last, as of a block,
-- `terms` the tiers of its provider when it was opened: their prices stay with the stream.
CREATE TABLE "chain_stream" (
    "stream_id" TEXT NOT NULL,
    "chain_id" BIGINT NOT NULL,
    "subject" TEXT NOT NULL,
    "contract" TEXT NOT NULL,
    "opened_tx" TEXT NOT NULL,
    "terms" JSONB NOT NULL,
    "facts" JSONB NOT NULL,
    "block_number" BIGINT NOT NULL,
    "block_hash" TEXT NOT NULL,
    "block_ms" BIGINT NOT NULL,

    CONSTRAINT "chain_stream_pkey" PRIMARY KEY ("stream_id")
);
CREATE UNIQUE INDEX "chain_stream_chain_id_subject_key" ON "chain_stream"("chain_id", "subject");
ALTER TABLE "chain_stream" ADD CONSTRAINT "chain_stream_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "stream"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Prices are in the ledger's dollar; a stream in another asset is compared with them by what its base unit is worth.
ALTER TABLE stream ADD COLUMN unit_worth DECIMAL(78,0) NOT NULL DEFAULT 1,
  ADD CONSTRAINT stream_rail CHECK (rail IN ('ledger', 'streampay', 'superfluid'));

-- How a chain names a provider: a uint64, the first 8 bytes of SHA-256 of its id.
CREATE FUNCTION provider_tag(p_id text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN n < 0 THEN n + 18446744073709551616 ELSE n END
  FROM (SELECT ('x' || left(encode(sha256(convert_to(p_id, 'UTF8')), 'hex'), 16))::bit(64)::bigint::numeric AS n) t
$$;
CREATE INDEX provider_owner_tag ON provider (owner, provider_tag(id));

-- Assets on chains whose index is fresh. While it is not, no call is authorised by what it said.
CREATE FUNCTION watched_assets() RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY SELECT a.id FROM asset a JOIN chain_cursor k ON k.chain_id = a.chain_id WHERE k.checked_ms > clock_ms() - 15000;
END $$;

-- Brings the mirror of one stream to what its chain says. Called in the transaction that indexes a block, for one chain by one
-- server at a time. Calling it again with the same facts changes nothing.
-- p: chainId, subject, contract, openedTx, rail, block {number, hash, atMs}, stream {id (used for a new one), sender, receiver,
--   providerId, tier, asset}, terms [{name, amount, periodMs}], facts {status 'active'|'paused'|'closing'|'settled', funded, billed, refunded, closedMs, closeCause,
--   segments [{tier, rateAmount, ratePeriodMs, startMs, startCause, endMs, endCause, endNum, endDen}]},
--   entries [{key, kind, amount, atMs, tx}] of what confirmed blocks moved in and out of the contract.
-- Returns the stream's id; null when there is no such provider or tier any more.
CREATE FUNCTION mirror_stream(p jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  was chain_stream; s stream; facts jsonb := p->'facts'; of jsonb := p->'stream'; new_stream boolean := false; comes_in boolean; told bigint;
  offer provider; t provider_tier; entry jsonb; g jsonb; n int; outside text; ran_dry boolean; stopped bigint;
BEGIN
  SELECT * INTO was FROM chain_stream WHERE chain_id = (p->>'chainId')::bigint AND subject = p->>'subject';
  IF was.facts = facts THEN
    UPDATE chain_stream SET block_number = (p#>>'{block,number}')::bigint, block_hash = p#>>'{block,hash}', block_ms = (p#>>'{block,atMs}')::bigint
    WHERE stream_id = was.stream_id;
    RETURN was.stream_id;
  END IF;
  IF was.stream_id IS NULL THEN
    SELECT * INTO offer FROM provider WHERE id = of->>'providerId';
    SELECT * INTO t FROM provider_tier WHERE provider_id = offer.id AND name = of->>'tier';
    IF t.name IS NULL THEN RETURN NULL; END IF;
    INSERT INTO stream (id, sender, receiver, provider_id, rail, asset, unit_worth, tier, status, rate_amount, rate_period_ms,
                        max_requests_per_hour, priority, grace_ms, funded, opened_ms, last_ms)
    SELECT of->>'id', of->>'sender', of->>'receiver', offer.id, p->>'rail', a.id, a.worth, t.name, 'pending', (facts#>>'{segments,0,rateAmount}')::numeric,
      (facts#>>'{segments,0,ratePeriodMs}')::bigint, t.max_requests_per_hour, t.priority, CASE p->>'rail' WHEN 'superfluid' THEN offer.grace_ms ELSE 0 END,
      (facts->>'funded')::numeric, (facts#>>'{segments,0,startMs}')::bigint, (p#>>'{block,atMs}')::bigint
    FROM asset a WHERE a.id = of->>'asset' RETURNING * INTO STRICT s;
    PERFORM bump_counters(s.provider_id, s.id, 0, 0, 1, 1);
    new_stream := true;
  ELSE
    SELECT * INTO STRICT s FROM stream WHERE id = was.stream_id FOR UPDATE;
    IF s.status = 'failed' THEN PERFORM bump_counters(s.provider_id, s.id, 0, 0, 0, 1); END IF; -- The chain has it again.
  END IF;
  s.last_ms := greatest(s.last_ms, (p#>>'{block,atMs}')::bigint, clock_ms());

  IF new_stream OR was.facts->'segments' <> facts->'segments' OR was.facts->'funded' <> facts->'funded' OR was.facts->'status' <> facts->'status' THEN
    ran_dry := s.status = 'exhausted';
    DELETE FROM stream_segment WHERE stream_id = s.id;
    s.next_segment := 0; s.carried_num := 0; s.carried_den := 1; s.segment_started_ms := NULL; s.grace_until_ms := NULL;
    FOR g IN SELECT * FROM jsonb_array_elements(facts->'segments') LOOP
      INSERT INTO stream_segment (stream_id, seq, tier, rate_amount, rate_period_ms, start_ms, start_cause, end_ms, end_cause, end_num, end_den)
      VALUES (s.id, s.next_segment, g->>'tier', (g->>'rateAmount')::numeric, (g->>'ratePeriodMs')::bigint, (g->>'startMs')::bigint, g->>'startCause',
              (g->>'endMs')::bigint, g->>'endCause', (g->>'endNum')::numeric, (g->>'endDen')::numeric);
      s.next_segment := s.next_segment + 1;
      s.rate_amount := (g->>'rateAmount')::numeric; s.rate_period_ms := (g->>'ratePeriodMs')::bigint; s.tier := g->>'tier';
      s.segment_started_ms := CASE WHEN g->>'endMs' IS NULL THEN (g->>'startMs')::bigint END;
      s.carried_num := coalesce((g->>'endNum')::numeric, s.carried_num); s.carried_den := coalesce((g->>'endDen')::numeric, s.carried_den);
    END LOOP;
    SELECT * INTO t FROM provider_tier WHERE provider_id = s.provider_id AND name = s.tier;
    s.max_requests_per_hour := coalesce(t.max_requests_per_hour, s.max_requests_per_hour); s.priority := coalesce(t.priority, s.priority);
    IF NOT new_stream AND s.status = 'active' AND facts->>'status' <> 'active' THEN s.generation := s.generation + 1; END IF;
    s.status := facts->>'status';
    s.funded := (facts->>'funded')::numeric;
    IF s.status = 'active' AND s.last_ms >= stream_depletes(s, s.segment_started_ms) THEN
      stopped := stream_depletes(s, s.segment_started_ms);
      s := stream_stop_segment(s, stopped, 'exhaust', 'exhausted');
      s.grace_until_ms := stopped + s.grace_ms;
      IF NOT ran_dry THEN s := stream_log(s, 'exhausted', s.last_ms, jsonb_build_object('paid', s.funded::text, 'graceUntilMs', s.grace_until_ms::text)); END IF;
    END IF;
  END IF;

  -- A confirmed movement is written once and stays: its key is its transaction's, whatever block that ends up in.
  outside := 'external:' || s.asset;
  IF p->'entries' <> '[]' THEN
    PERFORM ensure_account(outside, 'external', 'external', s.asset);
    PERFORM ensure_account(escrow_of(s), s.sender, 'escrow', s.asset);
    PERFORM lock_accounts(ARRAY[escrow_of(s)]);
  END IF;
  FOR entry IN SELECT * FROM jsonb_array_elements(p->'entries') LOOP
    CONTINUE WHEN EXISTS (SELECT 1 FROM journal_entry WHERE key = entry->>'key');
    comes_in := entry->>'kind' IN ('deposit', 'top-up');
    PERFORM post_entry(entry->>'key', entry->>'kind', s.id, CASE entry->>'kind' WHEN 'collect' THEN s.receiver WHEN 'settle' THEN s.receiver ELSE s.sender END,
      (entry->>'atMs')::bigint, jsonb_build_object('tx', entry->>'tx'),
      CASE WHEN comes_in THEN outside ELSE escrow_of(s) END, CASE WHEN comes_in THEN escrow_of(s) ELSE outside END, (entry->>'amount')::numeric);
    -- Told at the time of its block, but never before what was told already.
    told := greatest((entry->>'atMs')::bigint, (SELECT max(at_ms) FROM stream_event WHERE stream_id = s.id));
    CASE entry->>'kind'
      WHEN 'deposit' THEN s := stream_log(s, 'opened', told, jsonb_build_object('tier', s.tier, 'rate', rate_json(s), 'deposit', entry->>'amount', 'tx', entry->>'tx'));
      WHEN 'top-up' THEN
        s.next_top_up := s.next_top_up + 1;
        s := stream_log(s, 'topped-up', told, jsonb_build_object('amount', entry->>'amount', 'funded', s.funded::text, 'tx', entry->>'tx'));
      WHEN 'collect' THEN
        s.next_bill := s.next_bill + 1;
        s := stream_log(s, 'collected', told, jsonb_build_object('amount', entry->>'amount', 'billed', facts->>'billed', 'tx', entry->>'tx'));
      WHEN 'settle' THEN s.next_bill := s.next_bill + 1;
      ELSE NULL;
    END CASE;
  END LOOP;
  IF new_stream AND p->'entries' = '[]' THEN
    s := stream_log(s, 'opened', s.opened_ms, jsonb_build_object('tier', s.tier, 'rate', rate_json(s), 'deposit', '0', 'tx', p->>'openedTx'));
  END IF;
  IF (facts->>'billed')::numeric > s.billed THEN
    PERFORM bump_counters(s.provider_id, s.id, 0, ((facts->>'billed')::numeric - s.billed) * s.unit_worth, 0, 0);
  END IF;
  s.billed := (facts->>'billed')::numeric; s.refunded := (facts->>'refunded')::numeric;
  s.closed_ms := (facts->>'closedMs')::bigint; s.close_cause := facts->>'closeCause';
  IF s.status IN ('closing', 'settled') AND coalesce(was.facts->>'status', '') NOT IN ('closing', 'settled') THEN
    s := stream_log(s, 'closed', s.last_ms, jsonb_build_object('cause', s.close_cause, 'held', '0'));
  END IF;
  IF s.status = 'settled' AND was.facts->>'status' IS DISTINCT FROM 'settled' THEN
    s := stream_log(s, 'settled', s.last_ms, jsonb_build_object('paid', s.billed::text, 'refund', s.refunded::text));
    PERFORM bump_counters(s.provider_id, s.id, 0, 0, 0, -1);
  END IF;
  PERFORM stream_save(s);

  INSERT INTO chain_stream (stream_id, chain_id, subject, contract, opened_tx, terms, facts, block_number, block_hash, block_ms)
  VALUES (s.id, (p->>'chainId')::bigint, p->>'subject', p->>'contract', p->>'openedTx', p->'terms', facts, (p#>>'{block,number}')::bigint, p#>>'{block,hash}', (p#>>'{block,atMs}')::bigint)
  ON CONFLICT (stream_id) DO UPDATE SET facts = excluded.facts, block_number = excluded.block_number, block_hash = excluded.block_hash, block_ms = excluded.block_ms;
  RETURN s.id;
END $$;

-- As before; what a chain decides is not for a sweep.
CREATE OR REPLACE FUNCTION stream_save(s stream, p_retry_ms bigint DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  s.depletes_ms := CASE WHEN s.status = 'active' THEN stream_depletes(s, s.segment_started_ms) END;
  s.due_ms := CASE WHEN s.rail <> 'ledger' THEN NULL ELSE CASE s.status
    WHEN 'active' THEN CASE WHEN s.auto_trigger_ms IS NULL THEN s.depletes_ms
      ELSE least(s.depletes_ms, greatest(s.depletes_ms - s.auto_trigger_ms, coalesce(p_retry_ms, 0))) END
    WHEN 'exhausted' THEN CASE WHEN s.auto_trigger_ms IS NULL THEN s.grace_until_ms ELSE least(s.grace_until_ms, coalesce(p_retry_ms, s.last_ms)) END
    WHEN 'closing' THEN CASE WHEN s.held = 0 THEN s.last_ms END
  END END;
  UPDATE stream SET tier = s.tier, status = s.status, rate_amount = s.rate_amount, rate_period_ms = s.rate_period_ms,
    max_requests_per_hour = s.max_requests_per_hour, priority = s.priority, funded = s.funded, billed = s.billed, used = s.used,
    held = s.held, refunded = s.refunded, carried_num = s.carried_num, carried_den = s.carried_den,
    segment_started_ms = s.segment_started_ms, last_ms = s.last_ms, depletes_ms = s.depletes_ms, grace_until_ms = s.grace_until_ms,
    closed_ms = s.closed_ms, close_cause = s.close_cause, due_ms = s.due_ms, next_seq = s.next_seq, next_event = s.next_event,
    next_segment = s.next_segment, next_bill = s.next_bill, next_top_up = s.next_top_up, generation = s.generation,
    served = s.served, denied = s.denied, auto_trigger_ms = s.auto_trigger_ms, auto_chunk_ms = s.auto_chunk_ms,
    auto_daily_max = s.auto_daily_max, auto_expires_ms = s.auto_expires_ms, auto_day = s.auto_day, auto_spent = s.auto_spent,
    auto_failed = s.auto_failed
  WHERE id = s.id;
END $$;

-- As before; a stream on a chain is changed there, by a signature of its party.
-- Locks the stream for one of its parties. Somebody else's stream and no stream are the same refusal.
-- `p_parties`: 'sender', 'receiver' or 'both'; the actor 'system' (a sweep) is always let in.
CREATE OR REPLACE FUNCTION stream_of(p jsonb, p_parties text) RETURNS stream LANGUAGE plpgsql AS $$
DECLARE s stream;
BEGIN
  SELECT * INTO s FROM stream WHERE id = p->>'streamId' FOR UPDATE;
  IF s.id IS NULL OR NOT (p->>'actor' = 'system'
      OR (p_parties IN ('sender', 'both') AND s.sender = p->>'actor')
      OR (p_parties IN ('receiver', 'both') AND s.receiver = p->>'actor')) THEN
    PERFORM refuse('stream-not-found');
  END IF;
  IF s.rail <> 'ledger' THEN PERFORM refuse('stream-on-chain', jsonb_build_object('streamId', s.id, 'rail', s.rail)); END IF;
  RETURN stream_advance(s, greatest(s.last_ms, clock_ms()));
END $$;

-- As before, for streams of the ledger: on a chain the receiver withdraws.
CREATE OR REPLACE FUNCTION collect_streams(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE ids text[];
BEGIN
  ids := ARRAY(SELECT id FROM stream WHERE receiver = p->>'actor' AND rail = 'ledger' AND status NOT IN ('settled', 'failed') AND id > coalesce(p->>'after', '')
               ORDER BY id LIMIT (p->>'limit')::int);
  PERFORM 1 FROM stream WHERE id = ANY (ids) ORDER BY id FOR UPDATE;
  RETURN settle_each(ids, true) || jsonb_build_object('after', CASE WHEN cardinality(ids) = (p->>'limit')::int THEN ids[cardinality(ids)] END);
END $$;

CREATE OR REPLACE FUNCTION settle_streams(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE mine settle_part; ids text[]; whole boolean;
BEGIN
  SELECT * INTO mine FROM settle_part WHERE due_ms <= clock_ms() ORDER BY due_ms, coalesce(after, ''), part LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF mine.part IS NULL THEN RETURN NULL; END IF;
  ids := ARRAY(SELECT id FROM stream WHERE settle_part_of(receiver, id) = mine.part AND rail = 'ledger' AND status NOT IN ('settled', 'failed') AND id > coalesce(mine.after, '')
               ORDER BY id LIMIT (p->>'limit')::int);
  PERFORM 1 FROM stream WHERE id = ANY (ids) ORDER BY id FOR UPDATE;
  whole := cardinality(ids) < (p->>'limit')::int;
  UPDATE settle_part SET after = CASE WHEN NOT whole THEN ids[cardinality(ids)] END,
    due_ms = CASE WHEN whole THEN (clock_ms() / (p->>'intervalMs')::bigint + 1) * (p->>'intervalMs')::bigint ELSE due_ms END
  WHERE part = mine.part;
  RETURN settle_each(ids, true);
END $$;

-- As before; speeds are compared by what they are worth.
-- The payer's stream with that provider which serves best: running before paused before exhausted before ended,
-- fast enough for the tier before too slow, newest first. One that has run dry unseen is exhausted.
CREATE OR REPLACE FUNCTION best_stream(p_payer text, p_provider text, p_tier text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT s.id FROM stream s LEFT JOIN provider_tier t ON t.provider_id = p_provider AND t.name = p_tier
  WHERE s.sender = p_payer AND s.provider_id = p_provider
  ORDER BY array_position(ARRAY['active', 'paused', 'exhausted', 'closing', 'settled', 'pending', 'failed'],
                          CASE WHEN s.status = 'active' AND s.depletes_ms <= clock_ms() THEN 'exhausted' ELSE s.status END),
           (t.name IS NULL OR s.rate_amount * s.unit_worth * t.rate_period_ms >= t.rate_amount * s.rate_period_ms) DESC,
           s.opened_ms DESC LIMIT 1
$$;

-- As before; a stream on a chain counts while the chain is watched, and pays for time alone.
-- Why a stream does not let a call through, or null. Waiting helps: rate-limited. Paying helps: everything else.
CREATE OR REPLACE FUNCTION stream_obstacle(s stream, c jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE t provider_tier; price numeric := (c->>'price')::numeric; oldest bigint; charged stream := s;
BEGIN
  IF s.rail <> 'ledger' AND s.asset NOT IN (SELECT watched_assets()) THEN
    RETURN jsonb_build_object('code', 'stream/verification-unavailable', 'retryAfterSeconds', 5);
  END IF;
  charged.held := s.held + price;
  IF s.status IN ('closing', 'settled', 'failed') THEN
    RETURN jsonb_build_object('code', 'stream/terminated', 'closedAtMs', s.closed_ms, 'closedBy', s.close_cause,
                              'streamed', (s.billed)::text);
  ELSIF s.status = 'paused' THEN
    RETURN jsonb_build_object('code', 'stream/paused');
  ELSIF s.status = 'exhausted' OR (price > 0 AND stream_depletes(charged, s.segment_started_ms) <= s.last_ms) THEN
    RETURN jsonb_build_object('code', 'stream/deposit-exhausted', 'funded', s.funded::text, 'used', s.used::text,
      'accrued', stream_demand(s)::text, 'minimumTopUp', (stream_minimum_top_up(s, s.last_ms) + price)::text,
      'graceUntilMs', s.grace_until_ms, 'autoTopUp', s.auto_trigger_ms IS NOT NULL, 'canTopUp', s.last_ms < coalesce(s.grace_until_ms, s.last_ms + 1));
  END IF;
  -- The contract pays for time alone.
  IF price > 0 AND s.rail <> 'ledger' THEN RETURN jsonb_build_object('code', 'stream/price-needs-ledger', 'price', price::text); END IF;
  IF c->>'tier' IS NOT NULL THEN
    SELECT * INTO t FROM provider_tier WHERE provider_id = s.provider_id AND name = c->>'tier';
    -- A stream keeps the price it was opened at: it serves its own tier for ever, and slower ones.
    IF t.name IS NOT NULL AND t.name <> s.tier AND s.rate_amount * s.unit_worth * t.rate_period_ms < t.rate_amount * s.rate_period_ms THEN
      RETURN jsonb_build_object('code', 'stream/flow-rate-insufficient', 'currentTier', s.tier, 'requiredTier', t.name,
        'currentRate', jsonb_build_object('amount', s.rate_amount::text, 'periodMs', s.rate_period_ms),
        'requiredRate', jsonb_build_object('amount', t.rate_amount::text, 'periodMs', t.rate_period_ms));
    END IF;
  END IF;
  -- Exact sliding hour: the call `limit` calls ago tells whether the window is full, and when it opens.
  IF s.next_seq > s.max_requests_per_hour THEN
    SELECT at_ms INTO oldest FROM request WHERE stream_id = s.id AND seq = s.next_seq - s.max_requests_per_hour;
    IF oldest > s.last_ms - 3600000 THEN
      RETURN jsonb_build_object('code', 'stream/rate-limited', 'limit', s.max_requests_per_hour, 'remaining', 0,
        'retryAfterSeconds', ceil((oldest + 3600000 - s.last_ms) / 1000.0)::bigint, 'resetMs', oldest + 3600000);
    END IF;
  END IF;
  RETURN NULL;
END $$;

-- A stream whose opening a chain took back after it was confirmed: nothing is served on it any more. What the journal says of it stays,
-- and no longer agrees with the chain: reconciliation shows it. p: chainId, subject
CREATE FUNCTION fail_stream(p jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE s stream;
BEGIN
  SELECT t.* INTO s FROM stream t JOIN chain_stream c ON c.stream_id = t.id
  WHERE c.chain_id = (p->>'chainId')::bigint AND c.subject = p->>'subject' AND t.status <> 'failed' FOR UPDATE OF t;
  IF s.id IS NULL THEN RETURN NULL; END IF;
  s := stream_advance(s, greatest(s.last_ms, clock_ms()));
  IF s.status = 'active' THEN s := stream_stop_segment(s, s.last_ms, 'close', 'failed'); END IF;
  IF s.status <> 'settled' THEN PERFORM bump_counters(s.provider_id, s.id, 0, 0, 0, -1); END IF;
  s.status := 'failed'; s.closed_ms := s.last_ms; s.close_cause := 'reorganised'; s.grace_until_ms := NULL; s.generation := s.generation + 1;
  s := stream_log(s, 'closed', s.last_ms, jsonb_build_object('cause', s.close_cause, 'held', s.held::text));
  PERFORM stream_save(s);
  UPDATE chain_stream SET facts = '{"status": "failed"}' WHERE stream_id = s.id;
  RETURN s.id;
END $$;
