-- The hot path: plain calls (a session token, no price of their own) are authorised and completed in sets, one statement a
-- batch, and what they write is written once or in place (heap-only updates). Everything else goes the long way round, call
-- by call, in authorize_requests() and complete_requests(). Why: docs/decisions/0044.

-- In place: no index may look at a column that the end of a call changes, and a page keeps room for the second version.
ALTER TABLE stream SET (fillfactor = 60);
ALTER TABLE request SET (fillfactor = 45);
ALTER TABLE counter SET (fillfactor = 20);
DROP INDEX request_payer_at_ms_idx;
DROP INDEX request_open;
DROP INDEX request_idempotency;
-- One key never pays twice. A voided call charged nothing: it gives its key back.
UPDATE request SET idempotency_key = NULL WHERE state = 'voided';
CREATE UNIQUE INDEX request_idempotency ON request (payer, idempotency_key) WHERE idempotency_key IS NOT NULL;

-- What a call answered: its receipt for ever, headers and body for 24 hours.
ALTER TABLE request_answer ADD COLUMN receipt TEXT, ALTER COLUMN headers DROP NOT NULL, ALTER COLUMN body DROP NOT NULL,
  ALTER COLUMN expires_ms DROP NOT NULL;
INSERT INTO request_answer AS a (request_id, status, receipt)
SELECT id, coalesce(http_status, 200), receipt FROM request WHERE receipt IS NOT NULL
ON CONFLICT (request_id) DO UPDATE SET receipt = excluded.receipt;
ALTER TABLE request DROP COLUMN receipt;

-- Which calls to look at when: one row a batch, or for each time that a call says it takes longer. Whoever is still open then
-- and has not been extended belongs to a server that died.
CREATE TABLE "request_watch" (
    "due_ms" BIGINT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "request_ids" TEXT[],

    CONSTRAINT "request_watch_pkey" PRIMARY KEY ("due_ms","id")
);
INSERT INTO request_watch (due_ms, request_ids) SELECT max(deadline_ms), array_agg(id) FROM request WHERE state = 'open' HAVING count(*) > 0;

-- A stream counts a call when it is authorised, and takes it back when the call is voided: a call that is served as most are
-- touches its stream once.
UPDATE stream s SET served = served + r.n FROM (SELECT stream_id, count(*) AS n FROM request WHERE state = 'open' GROUP BY 1) r WHERE r.stream_id = s.id;
INSERT INTO counter AS c (scope, shard, requests)
SELECT coalesce('provider:' || provider_id, 'market'), 0, count(*) FROM request WHERE state = 'open' GROUP BY ROLLUP (provider_id) HAVING count(*) > 0
ON CONFLICT (scope, shard) DO UPDATE SET requests = c.requests + excluded.requests;

-- Calls per provider: {provider: n}. The shard is the connection's, so that batches at once seldom meet.
CREATE FUNCTION count_requests(counts jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO counter AS c (scope, shard, requests)
  SELECT scope, pg_backend_pid() & 15, n FROM (
    SELECT 'provider:' || key AS scope, value::bigint AS n FROM jsonb_each_text(counts)
    UNION ALL SELECT 'market', sum(value::bigint) FROM jsonb_each_text(counts)) k
  WHERE n <> 0 ORDER BY scope
  ON CONFLICT (scope, shard) DO UPDATE SET requests = c.requests + excluded.requests;
END $$;

-- Decides plain calls together, if nothing at all stands in their way: a session of a running stream that has the money at
-- this millisecond, room in its hour, and a key that was never used. Returns a row for each call that was authorised;
-- the caller takes the others to authorize_requests(), which says what is wrong. A stream's calls go together or not at all, so
-- that sequences have no gaps. Arrays are parallel; p_n numbers the calls.
CREATE FUNCTION authorize_plain_requests(
  p_ids text[], p_providers text[], p_services text[], p_types text[], p_methods text[], p_paths text[], p_sessions text[],
  p_keys text[], p_hashes text[], p_digests text[])
RETURNS TABLE (n bigint, stream_id text, payer text, receiver text, tier text, priority text, rate_amount numeric, rate_period_ms bigint,
  seq bigint, at_ms bigint, accrued numeric, funded numeric, used numeric, remaining numeric, depletes_ms bigint, started_ms bigint,
  hourly_limit int, session_expires_ms bigint)
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
      SELECT s.id, s.sender, s.receiver, s.provider_id, s.tier, s.priority, s.status, s.rate_amount, s.rate_period_ms, s.funded, s.used, s.held,
        s.carried_num, s.carried_den, s.segment_started_ms, s.last_ms, s.depletes_ms, s.opened_ms, s.next_seq, s.generation, s.max_requests_per_hour
      FROM stream s WHERE s.id = ANY (ARRAY(SELECT DISTINCT stream_id FROM asked)) ORDER BY s.id FOR UPDATE) s
  ), numbered AS (
    SELECT a.*, s.sender, s.receiver, s.tier, s.priority, s.rate_amount, s.rate_period_ms, s.funded, s.used, s.now_ms,
      s.depletes_ms, s.opened_ms, s.max_requests_per_hour, s.next_seq + row_number() OVER (PARTITION BY s.id ORDER BY a.n) - 1 AS seq,
      div(s.carried_num * s.rate_period_ms + s.rate_amount * (s.now_ms - s.segment_started_ms) * s.carried_den, s.carried_den * s.rate_period_ms) AS accrued,
      s.funded - s.used - s.held AS available,
      s.status = 'active' AND s.now_ms < s.depletes_ms AND s.generation = a.generation AND a.expires_ms > s.now_ms
        AND s.provider_id = a.provider_id
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
    p.available - p.accrued, p.depletes_ms, p.opened_ms, p.max_requests_per_hour, p.expires_ms
  -- All is written before the first row is returned: what an exception undoes has not been told.
  FROM plain p, (SELECT count(*) FROM logged) l, (SELECT count(*) FROM moved) m, counted;
EXCEPTION WHEN unique_violation THEN
  RETURN; -- A key was used a moment ago, in another batch or twice in this one: nothing was written.
END $$;

-- Ends plain calls that were served. Returns the ids of those that this call ended: the caller takes the others, priced or
-- ended before, to complete_requests().
CREATE FUNCTION complete_plain_requests(p_ids text[], p_statuses int[], p_digests text[], p_receipts text[], p_headers text[], p_bodies bytea[])
RETURNS SETOF text LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
  RETURN QUERY
  WITH served AS MATERIALIZED (
    SELECT * FROM unnest(p_ids, p_statuses, p_digests, p_receipts, p_headers, p_bodies) o (id, status, digest, receipt, headers, body)
  ), ended AS (
    UPDATE request r SET state = 'served', completed_ms = greatest(r.at_ms, clock_ms()), http_status = o.status, response_digest = o.digest
    FROM (SELECT * FROM served ORDER BY id) o WHERE r.id = o.id AND r.state = 'open' AND r.price = 0
    RETURNING r.id, r.completed_ms
  ), kept AS (
    INSERT INTO request_answer (request_id, status, headers, body, expires_ms, receipt)
    SELECT e.id, o.status, o.headers::jsonb, o.body, CASE WHEN o.body IS NOT NULL THEN e.completed_ms + 86400000 END, o.receipt
    FROM ended e JOIN served o ON o.id = e.id RETURNING 1
  )
  SELECT id FROM ended;
END $$;

-- Decides a batch of paid calls. `calls`: [{requestId, providerId, serviceId, requestType, method, path, via,
--   sessionHash?, payer?, streamId?, tier?, claimKind?, claimId?, claimExpiresMs?, issueHash?, issueMaxMs?,
--   idempotencyKey?, requestHash, requestDigest?, price}]. Returns the decisions in the same order.
CREATE OR REPLACE FUNCTION authorize_requests(calls jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  decisions jsonb[] := array_fill(NULL::jsonb, ARRAY[jsonb_array_length(calls)]);
  streams text[]; claimed text[];
  item record; c jsonb; s stream; no_stream stream; obstacle jsonb; earlier request%ROWTYPE; payer text; session_expires bigint; price numeric;
  counts jsonb := '{}'; passed text[] := '{}'; last_ms bigint;
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
        'streamTier', s.tier);
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
      INSERT INTO stream_session (token_hash, stream_id, generation, created_ms, expires_ms)
      VALUES (decode(c->>'issueHash', 'hex'), s.id, s.generation, s.last_ms, session_expires);
    ELSIF c->>'sessionHash' IS NOT NULL THEN
      session_expires := item.expires;
    END IF;
    decisions[item.n] := jsonb_build_object('outcome', 'authorised', 'requestId', c->>'requestId', 'streamId', s.id, 'payer', s.sender,
      'receiver', s.receiver, 'tier', s.tier, 'priority', s.priority, 'rateAmount', s.rate_amount::text, 'ratePeriodMs', s.rate_period_ms,
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

-- Ends paid calls: a served one posts its hold; a voided one gives it back, and no longer counts. Each call ends once.
-- `outcomes`: [{requestId, outcome: 'served'|'voided', status?, responseDigest?, receipt?, answerHeaders?, answerBody? (base64)}].
-- Returns, in the same order, whether this call was the one that ended it.
CREATE OR REPLACE FUNCTION complete_requests(outcomes jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ended boolean[] := array_fill(false, ARRAY[jsonb_array_length(outcomes)]);
  item record; o jsonb; s stream; r request%ROWTYPE; set_aside numeric; now_ms bigint; moved boolean; counts jsonb := '{}';
BEGIN
  PERFORM 1 FROM stream WHERE id IN (
    SELECT q.stream_id FROM request q WHERE q.id IN (SELECT v->>'requestId' FROM jsonb_array_elements(outcomes) v)) ORDER BY id FOR UPDATE;
  FOR item IN
    SELECT v.value AS outcome, v.ordinality AS n, q.stream_id
    FROM jsonb_array_elements(outcomes) WITH ORDINALITY v JOIN request q ON q.id = v.value->>'requestId' ORDER BY 3, 2
  LOOP
    o := item.outcome;
    IF s.id IS DISTINCT FROM item.stream_id THEN
      IF moved THEN PERFORM stream_save(s); END IF;
      SELECT * INTO s FROM stream WHERE id = item.stream_id;
      moved := false;
    END IF;
    now_ms := greatest(s.last_ms, clock_ms());
    UPDATE request SET state = o->>'outcome', completed_ms = now_ms, http_status = (o->>'status')::int,
      response_digest = o->>'responseDigest', idempotency_key = CASE o->>'outcome' WHEN 'served' THEN idempotency_key END
    WHERE id = o->>'requestId' AND state = 'open' RETURNING * INTO r;
    CONTINUE WHEN NOT FOUND;
    ended[item.n] := true;
    -- Time first: money that comes back after the deposit was spent does not undo that.
    IF NOT moved THEN s := stream_advance(s, now_ms); END IF;
    moved := true;
    IF r.price > 0 THEN
      UPDATE hold SET state = CASE o->>'outcome' WHEN 'served' THEN 'posted' ELSE 'voided' END, settled_ms = now_ms
      WHERE id = r.id AND state = 'open' RETURNING amount INTO STRICT set_aside;
      s.held := s.held - set_aside;
      IF o->>'outcome' = 'served' THEN s.used := s.used + set_aside; END IF;
    END IF;
    IF o->>'outcome' = 'voided' THEN
      s.served := s.served - 1;
      counts := counts || jsonb_build_object(s.provider_id, coalesce((counts->>s.provider_id)::bigint, 0) - 1);
    ELSIF o->>'answerBody' IS NOT NULL OR o->>'receipt' IS NOT NULL THEN
      INSERT INTO request_answer (request_id, status, headers, body, expires_ms, receipt)
      VALUES (r.id, (o->>'status')::int, o->'answerHeaders', decode(o->>'answerBody', 'base64'),
              CASE WHEN o->>'answerBody' IS NOT NULL THEN now_ms + 86400000 END, o->>'receipt');
    END IF;
  END LOOP;
  IF moved THEN PERFORM stream_save(s); END IF;
  PERFORM count_requests(counts);
  RETURN to_jsonb(ended);
END $$;

-- False when the call has ended meanwhile.
CREATE OR REPLACE FUNCTION extend_request(p_id text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE until_ms bigint := clock_ms() + call_patience_ms();
BEGIN
  UPDATE request SET deadline_ms = until_ms WHERE id = p_id AND state = 'open';
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO request_watch (due_ms, request_ids) VALUES (until_ms, ARRAY[p_id]);
  RETURN true;
END $$;

-- Calls whose server died before it could say how they ended: nothing was served, so nothing is charged. p_limit: batches.
-- A call that was extended is left to the watch of its extension.
CREATE OR REPLACE FUNCTION void_stale_requests(p_limit int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE now_ms bigint := clock_ms(); stale jsonb;
BEGIN
  WITH due AS (
    DELETE FROM request_watch WHERE (due_ms, id) IN (
      SELECT due_ms, id FROM request_watch WHERE due_ms < now_ms ORDER BY due_ms, id LIMIT p_limit FOR UPDATE SKIP LOCKED)
    RETURNING request_ids)
  SELECT jsonb_agg(jsonb_build_object('requestId', r.id, 'outcome', 'voided')) INTO stale
  FROM (SELECT DISTINCT unnest(request_ids) AS id FROM due) d JOIN request r ON r.id = d.id
  WHERE r.state = 'open' AND r.deadline_ms < now_ms;
  IF stale IS NULL THEN RETURN 0; END IF;
  -- Their servers may have ended some of them meanwhile after all.
  RETURN (SELECT count(*) FROM jsonb_array_elements(complete_requests(stale)) ended WHERE ended = 'true');
END $$;

-- Rows that have served their time. Sweeps at once take different ones and do not wait for each other.
CREATE OR REPLACE FUNCTION forget_expired(p_limit int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE now_ms bigint := clock_ms();
BEGIN
  UPDATE request_answer SET headers = NULL, body = NULL, expires_ms = NULL WHERE request_id IN (
    SELECT request_id FROM request_answer WHERE expires_ms < now_ms LIMIT p_limit FOR UPDATE SKIP LOCKED);
  DELETE FROM stream_session WHERE token_hash IN (SELECT token_hash FROM stream_session WHERE expires_ms < now_ms LIMIT p_limit FOR UPDATE SKIP LOCKED);
  DELETE FROM proof_claim WHERE (kind, id) IN (SELECT kind, id FROM proof_claim WHERE expires_ms + 60000 < now_ms LIMIT p_limit FOR UPDATE SKIP LOCKED);
  DELETE FROM siwe_nonce WHERE nonce IN (SELECT nonce FROM siwe_nonce WHERE expires_at < clock_timestamp() LIMIT p_limit FOR UPDATE SKIP LOCKED);
  DELETE FROM auth_session WHERE token_hash IN (SELECT token_hash FROM auth_session WHERE expires_at < clock_timestamp() LIMIT p_limit FOR UPDATE SKIP LOCKED);
END $$;
