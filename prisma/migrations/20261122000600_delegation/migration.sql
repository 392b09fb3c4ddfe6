-- Agents that prove their payer's streams with a key of their own (decision 0093), and answers that say on which rail a stream is.

-- What a payer has signed for a delegate, from its first use on. A row that was never used says only that its number is revoked. `max_flow_rate`: base
-- units of the ledger's dollar a second, of the fastest stream that the delegate may use.
CREATE TABLE "delegation" (
    "payer" TEXT NOT NULL,
    "nonce" DECIMAL(78,0) NOT NULL,
    "delegate" TEXT,
    "realm" TEXT,
    "max_flow_rate" DECIMAL(78,0),
    "not_after_ms" BIGINT,
    "signature" TEXT,
    "created_ms" BIGINT NOT NULL,
    "revoked_ms" BIGINT,

    CONSTRAINT "delegation_pkey" PRIMARY KEY ("payer", "nonce")
);

-- By which delegation a session was got, so that revoking one ends its sessions; null for the payer's own.
ALTER TABLE "stream_session" ADD COLUMN "delegation_nonce" DECIMAL(78,0);
CREATE INDEX "stream_session_delegated" ON stream_session (stream_id, delegation_nonce) WHERE delegation_nonce IS NOT NULL;

-- Ends a delegation at once, used or not: what was decided before stands, nothing is decided after. p: actor (its payer), nonce
CREATE FUNCTION revoke_delegation(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE g delegation;
BEGIN
  INSERT INTO delegation (payer, nonce, created_ms, revoked_ms) VALUES (p->>'actor', (p->>'nonce')::numeric, clock_ms(), clock_ms())
  ON CONFLICT (payer, nonce) DO UPDATE SET revoked_ms = coalesce(delegation.revoked_ms, clock_ms()) RETURNING * INTO g;
  DELETE FROM stream_session t USING stream s WHERE s.id = t.stream_id AND s.sender = g.payer AND t.delegation_nonce = g.nonce;
  RETURN jsonb_build_object('nonce', g.nonce::text, 'revokedMs', g.revoked_ms);
END $$;

-- As before, and now for delegates too; decisions say on which rail and in what asset the stream is.
-- Decides a batch of paid calls. `calls`: [{requestId, providerId, serviceId, requestType, method, path, via,
--   sessionHash?, payer?, streamId?, tier?, claimKind?, claimId?, claimExpiresMs?, issueHash?, issueMaxMs?,
--   idempotencyKey?, requestHash, requestDigest?, price, delegation?}]. Returns the decisions in the same order.
--   delegation: {nonce, delegate, realm, maxFlowRate, notAfterMs, signature} of a proof that was signed by the payer's delegate: what it was
--   checked for is compared here, under a lock that a revocation waits for.
CREATE OR REPLACE FUNCTION authorize_requests(calls jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  decisions jsonb[] := array_fill(NULL::jsonb, ARRAY[jsonb_array_length(calls)]);
  streams text[]; claimed text[];
  item record; c jsonb; s stream; no_stream stream; obstacle jsonb; earlier request%ROWTYPE; payer text; session_expires bigint; price numeric;
  counts jsonb := '{}'; passed text[] := '{}'; last_ms bigint; d jsonb; granted delegation; broken text;
BEGIN
  -- Which stream each call is for is decided once, before the locks: what is read later is what was locked.
  SELECT array_agg(coalesce(
      (SELECT t.stream_id FROM stream_session t WHERE t.token_hash = decode(v->>'sessionHash', 'hex')), v->>'streamId',
      CASE WHEN v->>'sessionHash' IS NULL THEN best_stream(v->>'payer', v->>'providerId', v->>'tier') END) ORDER BY n)
  INTO streams FROM jsonb_array_elements(calls) WITH ORDINALITY e (v, n);
  -- Proofs, then idempotency keys, then streams, each sorted: two batches that share some never wait for each other.
  WITH won AS (
    INSERT INTO proof_claim (kind, id, payer, request_id, at_ms, expires_ms)
    SELECT v->>'claimKind', v->>'claimId', v->>'payer', v->>'requestId', clock_ms(), (v->>'claimExpiresMs')::bigint
    FROM jsonb_array_elements(calls) WITH ORDINALITY e (v, n) WHERE v->>'claimId' IS NOT NULL AND v->>'payer' IS NOT NULL
    ORDER BY 1, 2, n ON CONFLICT DO NOTHING RETURNING request_id)
  SELECT array_agg(request_id) INTO claimed FROM won;
  PERFORM pg_advisory_xact_lock(k) FROM (
    SELECT DISTINCT hashtextextended(coalesce(v->>'payer', t.sender) || ' ' || (v->>'idempotencyKey'), 0) AS k
    FROM jsonb_array_elements(calls) WITH ORDINALITY e (v, n) LEFT JOIN stream t ON t.id = streams[n]
    WHERE v->>'idempotencyKey' IS NOT NULL ORDER BY k) keys WHERE k IS NOT NULL;
  -- A delegation is kept from its first use with a stream of its payer: strangers write nothing. Whoever comes second reads what the first wrote.
  IF EXISTS (SELECT 1 FROM jsonb_array_elements(calls) v WHERE v ? 'delegation') THEN
    INSERT INTO delegation (payer, nonce, delegate, realm, max_flow_rate, not_after_ms, signature, created_ms)
    SELECT t.sender, (v#>>'{delegation,nonce}')::numeric, v#>>'{delegation,delegate}', v#>>'{delegation,realm}', (v#>>'{delegation,maxFlowRate}')::numeric,
      (v#>>'{delegation,notAfterMs}')::bigint, v#>>'{delegation,signature}', clock_ms()
    FROM jsonb_array_elements(calls) WITH ORDINALITY e (v, n) JOIN stream t ON t.id = streams[n] AND t.sender = v->>'payer'
    WHERE v ? 'delegation' ORDER BY 1, 2, n ON CONFLICT DO NOTHING;
    PERFORM 1 FROM delegation g WHERE (g.payer, g.nonce) IN (
      SELECT v->>'payer', (v#>>'{delegation,nonce}')::numeric FROM jsonb_array_elements(calls) v WHERE v ? 'delegation')
    ORDER BY g.payer, g.nonce FOR SHARE;
  END IF;
  PERFORM 1 FROM stream WHERE id = ANY (streams) ORDER BY id FOR UPDATE;

  FOR item IN
    SELECT e.v AS call, e.n, streams[e.n] AS stream_id, t.generation, t.expires_ms AS expires
    FROM jsonb_array_elements(calls) WITH ORDINALITY e (v, n)
      LEFT JOIN stream_session t ON t.token_hash = decode(e.v->>'sessionHash', 'hex')
    ORDER BY 3 NULLS FIRST, 2
  LOOP
    c := item.call;
    price := (c->>'price')::numeric;
    -- One write a stream and batch: `s` is carried from call to call.
    IF item.stream_id IS NULL OR s.id IS DISTINCT FROM item.stream_id THEN
      IF s.id IS NOT NULL THEN PERFORM stream_save(s); END IF;
      s := no_stream;
      IF item.stream_id IS NOT NULL THEN
        SELECT * INTO s FROM stream WHERE id = item.stream_id;
        IF s.id IS NOT NULL THEN s := stream_advance(s, greatest(s.last_ms, clock_ms())); END IF;
      END IF;
    END IF;
    payer := coalesce(c->>'payer', s.sender);

    IF c->>'claimId' IS NOT NULL AND NOT coalesce(c->>'requestId' = ANY (claimed), false) THEN
      decisions[item.n] := '{"outcome": "denied", "code": "invalid-challenge"}';
      CONTINUE;
    END IF;
    IF c->>'sessionHash' IS NOT NULL AND (s.id IS NULL OR item.generation <> s.generation OR item.expires <= s.last_ms
                                          OR s.provider_id <> c->>'providerId') THEN
      decisions[item.n] := '{"outcome": "denied", "code": "stream/session-invalid"}';
      CONTINUE;
    END IF;
    IF s.id IS NULL OR s.sender <> payer OR s.provider_id <> c->>'providerId' THEN
      decisions[item.n] := jsonb_build_object('outcome', 'denied', 'code', 'stream/not-found', 'payer', payer);
      CONTINUE;
    END IF;

    d := c->'delegation';
    IF d IS NOT NULL THEN
      SELECT * INTO granted FROM delegation g WHERE g.payer = s.sender AND g.nonce = (d->>'nonce')::numeric;
      broken := CASE
        WHEN granted.revoked_ms IS NOT NULL THEN 'revoked'
        WHEN granted.delegate IS DISTINCT FROM d->>'delegate' OR granted.realm <> d->>'realm' OR granted.max_flow_rate <> (d->>'maxFlowRate')::numeric
          OR granted.not_after_ms <> (d->>'notAfterMs')::bigint THEN 'nonce-used'
        WHEN granted.not_after_ms <= s.last_ms THEN 'expired'
        WHEN div(s.rate_amount * s.unit_worth * 1000, s.rate_period_ms) > granted.max_flow_rate THEN 'rate-too-high' END;
      IF broken IS NOT NULL THEN
        decisions[item.n] := jsonb_build_object('outcome', 'denied', 'code', 'stream/delegation-invalid', 'reason', broken, 'payer', payer,
          'delegate', d->>'delegate', 'nonce', d->>'nonce');
        CONTINUE;
      END IF;
    END IF;

    IF c->>'idempotencyKey' IS NOT NULL THEN
      SELECT * INTO earlier FROM request r WHERE r.payer = s.sender AND r.idempotency_key = c->>'idempotencyKey';
      IF FOUND THEN
        decisions[item.n] := CASE
          WHEN earlier.request_hash <> c->>'requestHash' THEN '{"outcome": "denied", "code": "idempotency-conflict"}'
          WHEN earlier.state = 'open' THEN '{"outcome": "denied", "code": "request-in-progress", "retryAfterSeconds": 1}'
          ELSE jsonb_build_object('outcome', 'replay', 'requestId', earlier.id, 'streamId', s.id, 'payer', s.sender) END;
        CONTINUE;
      END IF;
    END IF;

    obstacle := stream_obstacle(s, c);
    IF obstacle IS NOT NULL THEN
      INSERT INTO request (id, stream_id, provider_id, service_id, payer, request_type, method, path, via, decision, state, accrued, at_ms, completed_ms, request_hash, request_digest)
      VALUES (c->>'requestId', s.id, s.provider_id, c->>'serviceId', payer, c->>'requestType', c->>'method', c->>'path', c->>'via',
              obstacle->>'code', 'denied', stream_demand(s), s.last_ms, s.last_ms, c->>'requestHash', c->>'requestDigest');
      s.denied := s.denied + 1;
      decisions[item.n] := obstacle || jsonb_build_object('outcome', 'denied', 'streamId', s.id, 'payer', s.sender, 'atMs', s.last_ms,
        'streamTier', s.tier, 'rail', s.rail);
      CONTINUE;
    END IF;

    INSERT INTO request (id, stream_id, seq, provider_id, service_id, payer, request_type, method, path, via, decision, state, accrued, price,
                         at_ms, deadline_ms, idempotency_key, request_hash, request_digest)
    VALUES (c->>'requestId', s.id, s.next_seq, s.provider_id, c->>'serviceId', payer, c->>'requestType', c->>'method', c->>'path', c->>'via',
            'authorised', 'open', stream_accrued(s, s.last_ms), price, s.last_ms, s.last_ms + call_patience_ms(), c->>'idempotencyKey', c->>'requestHash', c->>'requestDigest')
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN -- the same key in another stream of the payer, at this moment
      decisions[item.n] := '{"outcome": "denied", "code": "request-in-progress", "retryAfterSeconds": 1}';
      CONTINUE;
    END IF;
    IF price > 0 THEN
      INSERT INTO hold (id, stream_id, amount, state, created_ms) VALUES (c->>'requestId', s.id, price, 'open', s.last_ms);
      s.held := s.held + price;
      s.depletes_ms := stream_depletes(s, s.segment_started_ms);
    END IF;
    s.next_seq := s.next_seq + 1;
    s.served := s.served + 1;
    passed := passed || (c->>'requestId');
    last_ms := greatest(last_ms, s.last_ms);
    counts := counts || jsonb_build_object(s.provider_id, coalesce((counts->>s.provider_id)::bigint, 0) + 1);
    session_expires := NULL;
    IF c->>'issueHash' IS NOT NULL THEN
      session_expires := s.last_ms + least((c->>'issueMaxMs')::bigint, (s.depletes_ms - 1 - s.last_ms) / 2);
      IF d IS NOT NULL THEN session_expires := least(session_expires, granted.not_after_ms); END IF;
      INSERT INTO stream_session (token_hash, stream_id, generation, created_ms, expires_ms, delegation_nonce)
      VALUES (decode(c->>'issueHash', 'hex'), s.id, s.generation, s.last_ms, session_expires, (d->>'nonce')::numeric);
    ELSIF c->>'sessionHash' IS NOT NULL THEN
      session_expires := item.expires;
    END IF;
    decisions[item.n] := jsonb_build_object('outcome', 'authorised', 'requestId', c->>'requestId', 'streamId', s.id, 'payer', s.sender,
      'receiver', s.receiver, 'rail', s.rail, 'asset', s.asset, 'tier', s.tier, 'priority', s.priority, 'rateAmount', s.rate_amount::text, 'ratePeriodMs', s.rate_period_ms,
      'seq', s.next_seq - 1, 'atMs', s.last_ms, 'accrued', stream_accrued(s, s.last_ms)::text, 'funded', s.funded::text,
      'used', s.used::text, 'held', s.held::text, 'remaining', (stream_available(s) - stream_accrued(s, s.last_ms))::text,
      'depletesMs', s.depletes_ms, 'runwayMs', s.depletes_ms - 1 - s.last_ms, 'startedAtMs', s.opened_ms,
      'limit', s.max_requests_per_hour, 'sessionExpiresMs', session_expires);
  END LOOP;
  IF s.id IS NOT NULL THEN PERFORM stream_save(s); END IF;
  PERFORM count_requests(counts);
  IF passed <> '{}' THEN INSERT INTO request_watch (due_ms, request_ids) VALUES (last_ms + call_patience_ms(), passed); END IF;
  RETURN to_jsonb(decisions);
END $$;

-- As before, with two columns more: the rail of the stream, and its asset.
DROP FUNCTION authorize_plain_requests(text[], text[], text[], text[], text[], text[], text[], text[], text[], text[]);
CREATE FUNCTION authorize_plain_requests(
  p_ids text[], p_providers text[], p_services text[], p_types text[], p_methods text[], p_paths text[], p_sessions text[],
  p_keys text[], p_hashes text[], p_digests text[])
RETURNS TABLE (n bigint, stream_id text, payer text, receiver text, tier text, priority text, rate_amount numeric, rate_period_ms bigint,
  seq bigint, at_ms bigint, accrued numeric, funded numeric, used numeric, remaining numeric, depletes_ms bigint, started_ms bigint,
  hourly_limit int, session_expires_ms bigint, rail text, asset text)
LANGUAGE plpgsql
-- The plan is made once, for any number of rows: by index, whatever the statistics said when the connection was new.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH asked AS MATERIALIZED (
    SELECT c.*, t.stream_id, t.generation, t.expires_ms
    FROM unnest(p_ids, p_providers, p_services, p_types, p_methods, p_paths, p_sessions, p_keys, p_hashes, p_digests)
      WITH ORDINALITY c (id, provider_id, service_id, request_type, method, path, session, key, hash, digest, n)
      JOIN stream_session t ON t.token_hash = decode(c.session, 'hex')
  ), locked AS MATERIALIZED (
    -- Streams in order, as everywhere; the clock is read when the lock is held.
    SELECT s.*, greatest(s.last_ms, clock_ms()) AS now_ms FROM (
      SELECT s.id, s.sender, s.receiver, s.provider_id, s.rail, s.asset, s.tier, s.priority, s.status, s.rate_amount, s.rate_period_ms, s.funded, s.used, s.held,
        s.carried_num, s.carried_den, s.segment_started_ms, s.last_ms, s.depletes_ms, s.opened_ms, s.next_seq, s.generation, s.max_requests_per_hour
      FROM stream s WHERE s.id = ANY (ARRAY(SELECT DISTINCT stream_id FROM asked)) ORDER BY s.id FOR UPDATE) s
  ), numbered AS (
    SELECT a.*, s.sender, s.receiver, s.rail, s.asset, s.tier, s.priority, s.rate_amount, s.rate_period_ms, s.funded, s.used, s.now_ms,
      s.depletes_ms, s.opened_ms, s.max_requests_per_hour, s.next_seq + row_number() OVER (PARTITION BY s.id ORDER BY a.n) - 1 AS seq,
      div(s.carried_num * s.rate_period_ms + s.rate_amount * (s.now_ms - s.segment_started_ms) * s.carried_den, s.carried_den * s.rate_period_ms) AS accrued,
      s.funded - s.used - s.held AS available,
      s.status = 'active' AND s.now_ms < s.depletes_ms AND s.generation = a.generation AND a.expires_ms > s.now_ms
        AND s.provider_id = a.provider_id AND (s.rail = 'ledger' OR s.asset = ANY (ARRAY(SELECT watched_assets())))
        -- Not as NOT EXISTS, for which the planner may choose to hash the whole log.
        AND (SELECT r.id FROM request r WHERE r.payer = s.sender AND r.idempotency_key = a.key) IS NULL AS free
    FROM asked a JOIN locked s ON s.id = a.stream_id
  ), plain AS MATERIALIZED (
    SELECT x.* FROM (
      SELECT p.*, bool_and(p.free AND (p.seq <= p.max_requests_per_hour OR coalesce(
        (SELECT r.at_ms FROM request r WHERE r.stream_id = p.stream_id AND r.seq = p.seq - p.max_requests_per_hour) <= p.now_ms - 3600000, false)))
        OVER (PARTITION BY p.stream_id) AS all_free
      FROM numbered p) x WHERE x.all_free
  ), logged AS (
    INSERT INTO request (id, stream_id, seq, provider_id, service_id, payer, request_type, method, path, via, decision, state, accrued, price,
                         at_ms, deadline_ms, idempotency_key, request_hash, request_digest)
    SELECT id, stream_id, seq, provider_id, service_id, sender, request_type, method, path, 'session', 'authorised', 'open', accrued, 0,
      now_ms, now_ms + call_patience_ms(), key, hash, digest
    FROM plain ORDER BY sender, key RETURNING 1
  ), watched AS (
    INSERT INTO request_watch (due_ms, request_ids) SELECT max(now_ms) + call_patience_ms(), array_agg(id) FROM plain HAVING count(*) > 0
  ), moved AS (
    UPDATE stream s SET next_seq = s.next_seq + m.calls, served = s.served + m.calls, last_ms = m.now_ms
    FROM (SELECT stream_id, max(now_ms) AS now_ms, count(*) AS calls FROM plain GROUP BY 1) m WHERE s.id = m.stream_id RETURNING 1
  ), counted AS (
    SELECT count_requests(jsonb_object_agg(provider_id, calls)) FROM (SELECT provider_id, count(*) AS calls FROM plain GROUP BY 1) k
  )
  SELECT p.n, p.stream_id, p.sender, p.receiver, p.tier, p.priority, p.rate_amount, p.rate_period_ms, p.seq, p.now_ms, p.accrued, p.funded, p.used,
    p.available - p.accrued, p.depletes_ms, p.opened_ms, p.max_requests_per_hour, p.expires_ms, p.rail, p.asset
  -- All is written before the first row is returned: what an exception undoes has not been told.
  FROM plain p, (SELECT count(*) FROM logged) l, (SELECT count(*) FROM moved) m, counted;
EXCEPTION WHEN unique_violation THEN
  RETURN; -- A key was used a moment ago, in another batch or twice in this one: nothing was written.
END $$;
