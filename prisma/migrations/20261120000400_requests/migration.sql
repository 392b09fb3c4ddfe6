-- Paid calls. Calls that arrive together are authorised together: one round trip, one transaction, streams locked in order.

-- How long a call may stay open before it counts as abandoned by a server that died. Longer than the door ever waits for a
-- provider; a server that is still sending says so in time (extend_request).
CREATE FUNCTION call_patience_ms() RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT 60000::bigint $$;

-- False when the call has ended meanwhile.
CREATE FUNCTION extend_request(p_id text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE request SET deadline_ms = clock_ms() + call_patience_ms() WHERE id = p_id AND state = 'open';
  RETURN FOUND;
END $$;

-- The payer's stream with that provider which serves best: running before paused before exhausted before ended,
-- fast enough for the tier before too slow, newest first. One that has run dry unseen is exhausted.
CREATE FUNCTION best_stream(p_payer text, p_provider text, p_tier text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT s.id FROM stream s LEFT JOIN provider_tier t ON t.provider_id = p_provider AND t.name = p_tier
  WHERE s.sender = p_payer AND s.provider_id = p_provider
  ORDER BY array_position(ARRAY['active', 'paused', 'exhausted', 'closing', 'settled', 'pending', 'failed'],
                          CASE WHEN s.status = 'active' AND s.depletes_ms <= clock_ms() THEN 'exhausted' ELSE s.status END),
           (t.name IS NULL OR s.rate_amount * t.rate_period_ms >= t.rate_amount * s.rate_period_ms) DESC,
           s.opened_ms DESC LIMIT 1
$$;

-- Why a stream does not let a call through, or null. Waiting helps: rate-limited. Paying helps: everything else.
CREATE FUNCTION stream_obstacle(s stream, c jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE t provider_tier; price numeric := (c->>'price')::numeric; oldest bigint; charged stream := s;
BEGIN
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
  IF c->>'tier' IS NOT NULL THEN
    SELECT * INTO t FROM provider_tier WHERE provider_id = s.provider_id AND name = c->>'tier';
    -- A stream keeps the price it was opened at: it serves its own tier for ever, and slower ones.
    IF t.name IS NOT NULL AND t.name <> s.tier AND s.rate_amount * t.rate_period_ms < t.rate_amount * s.rate_period_ms THEN
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

-- What the stream would have accrued by now had its deposit sufficed: what a denial reports.
CREATE FUNCTION stream_demand(s stream) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN s.status <> 'exhausted' THEN stream_accrued(s, s.last_ms)
    ELSE (SELECT div(coalesce(b.end_num, 0) * g.rate_period_ms + g.rate_amount * (s.last_ms - g.start_ms) * coalesce(b.end_den, 1),
                     coalesce(b.end_den, 1) * g.rate_period_ms)
          FROM stream_segment g LEFT JOIN stream_segment b ON b.stream_id = g.stream_id AND b.seq = g.seq - 1
          WHERE g.stream_id = s.id AND g.seq = s.next_segment - 1) END
$$;

-- Decides a batch of paid calls. `calls`: [{requestId, providerId, serviceId, requestType, method, path, via,
--   sessionHash?, payer?, streamId?, tier?, claimKind?, claimId?, claimExpiresMs?, issueHash?, issueMaxMs?,
--   idempotencyKey?, requestHash, requestDigest?, price}]. Returns the decisions in the same order.
CREATE FUNCTION authorize_requests(calls jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  decisions jsonb[] := array_fill(NULL::jsonb, ARRAY[jsonb_array_length(calls)]);
  streams text[]; claimed text[];
  item record; c jsonb; s stream; no_stream stream; obstacle jsonb; earlier request%ROWTYPE; payer text; session_expires bigint; price numeric;
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
      SELECT * INTO earlier FROM request r WHERE r.payer = s.sender AND r.idempotency_key = c->>'idempotencyKey' AND r.state IN ('open', 'served');
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
  RETURN to_jsonb(decisions);
END $$;

-- Ends paid calls: a served one posts its hold and counts, a voided one gives it back. Each call ends once.
-- `outcomes`: [{requestId, outcome: 'served'|'voided', status?, responseDigest?, receipt?, answerHeaders?, answerBody? (base64)}].
-- Returns, in the same order, whether this call was the one that ended it.
CREATE FUNCTION complete_requests(outcomes jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
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
      response_digest = o->>'responseDigest', receipt = o->>'receipt'
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
    IF o->>'outcome' = 'served' THEN
      s.served := s.served + 1;
      counts := jsonb_set(counts, ARRAY[s.provider_id || ' ' || (hashtext(s.id) & 7)],
                          to_jsonb(coalesce((counts->>(s.provider_id || ' ' || (hashtext(s.id) & 7)))::bigint, 0) + 1));
      IF o->>'answerBody' IS NOT NULL THEN
        INSERT INTO request_answer (request_id, status, headers, body, expires_ms)
        VALUES (r.id, (o->>'status')::int, o->'answerHeaders', decode(o->>'answerBody', 'base64'), now_ms + 86400000);
      END IF;
    END IF;
  END LOOP;
  IF moved THEN PERFORM stream_save(s); END IF;
  INSERT INTO counter AS c (scope, shard, requests)
  SELECT scope, shard, sum(n) FROM (
    SELECT unnest(ARRAY['market', 'provider:' || split_part(key, ' ', 1)]) AS scope, split_part(key, ' ', 2)::smallint AS shard, value::bigint AS n
    FROM jsonb_each_text(counts)) k
  GROUP BY scope, shard ORDER BY scope, shard
  ON CONFLICT (scope, shard) DO UPDATE SET requests = c.requests + excluded.requests;
  RETURN to_jsonb(ended);
END $$;
