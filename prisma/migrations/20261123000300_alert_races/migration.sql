-- Alerts and their webhooks when several work at once, and a sweep that streams which never settle cannot fill. Each race is played
-- in lib/alerts/alert-locks.int.test.ts, the sweep in lib/streams/sweep-failures.int.test.ts.

-- CreateTable
CREATE TABLE "sweep_failure" (
    "stream_id" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "retry_ms" BIGINT NOT NULL,

    CONSTRAINT "sweep_failure_pkey" PRIMARY KEY ("stream_id")
);

-- As before, but whoever writes a stream's alerts has its lock, here as in stream_runway_changed(), and streams are locked in the order of
-- their ids, as everywhere. Read without it, a stream was told of anew after its top-up, from what had been read before; and a pass that
-- came to a lower id with the next threshold waited in a circle with a batch of paid calls.
-- One bounded pass over the streams that time has brought to a threshold since the last pass: at most `p_limit` of each threshold.
-- One pass at a time: the first mark is its claim. Returns {looked, raised, more}.
CREATE OR REPLACE FUNCTION sweep_alerts(p_limit int) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE mark alert_scan; s stream; now_ms bigint; ids text[]; due text[] := '{}'; reached bigint; n int; raised int := 0; more boolean := false;
BEGIN
  PERFORM 1 FROM alert_scan WHERE threshold_ms = (SELECT min(threshold_ms) FROM alert_scan) FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN '{"looked": 0, "raised": 0, "more": false}'; END IF;
  now_ms := clock_ms();
  FOR mark IN SELECT * FROM alert_scan LOOP
    SELECT array_agg(t.id), count(*), max(t.depletes_ms) INTO ids, n, reached FROM (
      SELECT t.id, t.depletes_ms FROM stream t
      WHERE t.depletes_ms > least(mark.scanned_ms, now_ms) - alert_overlap_ms() + mark.threshold_ms
        AND t.depletes_ms <= now_ms + mark.threshold_ms + 1
        AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.stream_id = t.id AND a.threshold_ms = mark.threshold_ms AND a.ended_ms IS NULL)
      ORDER BY t.depletes_ms LIMIT p_limit) t;
    due := due || ids;
    more := more OR n = p_limit;
    UPDATE alert_scan SET scanned_ms = CASE WHEN n = p_limit THEN least(reached - mark.threshold_ms, now_ms) ELSE now_ms END
    WHERE threshold_ms = mark.threshold_ms;
  END LOOP;
  -- As they are now: one that was paused, closed or topped up meanwhile has nothing to tell.
  FOR s IN SELECT * FROM stream WHERE id = ANY (due) AND depletes_ms IS NOT NULL ORDER BY id FOR NO KEY UPDATE LOOP
    raised := raised + raise_alerts(s, clock_ms());
  END LOOP;
  RETURN jsonb_build_object('looked', (SELECT count(DISTINCT id) FROM unnest(due) id), 'raised', raised, 'more', more);
END $$;

-- As before, but an endpoint that is off gets nothing: what an alert announced while stop_webhook() did not see it yet is cancelled here.
-- Takes due deliveries for sending until `p_lease_ms` from now: at most one an endpoint, so that a slow one delays only itself,
-- the endpoints that waited longest first. An alert that is over is not sent any more, unless somebody asked for it by hand.
CREATE OR REPLACE FUNCTION claim_deliveries(p_limit int, p_lease_ms bigint) RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
DECLARE now_ms bigint := clock_ms(); e webhook_endpoint; d webhook_delivery;
BEGIN
  FOR e IN SELECT * FROM webhook_endpoint w
    WHERE w.busy_until_ms <= now_ms AND w.id IN (SELECT endpoint_id FROM webhook_delivery WHERE next_ms <= now_ms)
    ORDER BY w.busy_until_ms LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    IF NOT e.enabled OR e.deleted_ms IS NOT NULL THEN
      PERFORM cancel_deliveries(e.id);
      CONTINUE;
    END IF;
    UPDATE webhook_delivery x SET state = 'cancelled', next_ms = NULL, last_error = 'no longer true'
    FROM alert a LEFT JOIN stream s ON s.id = a.stream_id
    WHERE x.endpoint_id = e.id AND x.next_ms <= now_ms AND NOT x.by_hand AND a.id = x.alert_id
      AND (a.ended_ms IS NOT NULL OR s.status IS NULL OR s.status NOT IN ('active', 'exhausted'));
    SELECT * INTO d FROM webhook_delivery WHERE endpoint_id = e.id AND next_ms <= now_ms ORDER BY next_ms, id LIMIT 1 FOR UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    UPDATE webhook_delivery SET attempts = attempts + 1, tries_left = tries_left - 1, next_ms = now_ms + p_lease_ms WHERE id = d.id;
    UPDATE webhook_endpoint SET busy_until_ms = now_ms + p_lease_ms WHERE id = e.id;
    RETURN NEXT jsonb_build_object('id', d.id, 'attempt', d.attempts + 1, 'type', d.type, 'payload', d.payload, 'createdMs', d.created_ms,
      'nowMs', now_ms, 'endpointId', e.id, 'url', e.url, 'secret', encode(e.secret, 'hex'),
      'previousSecret', CASE WHEN e.previous_until_ms > now_ms THEN encode(e.previous_secret, 'hex') END);
  END LOOP;
END $$;

-- What waits to be sent to an endpoint is not sent. The caller holds the endpoint's lock.
CREATE FUNCTION cancel_deliveries(p_endpoint text) RETURNS void LANGUAGE sql AS $$
  UPDATE webhook_delivery SET state = 'cancelled', next_ms = NULL, last_error = 'the webhook is off' WHERE endpoint_id = p_endpoint AND state = 'pending'
$$;

CREATE OR REPLACE FUNCTION stop_webhook(p_id text, p_by text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE webhook_endpoint SET enabled = false, disabled_by = p_by WHERE id = p_id;
  PERFORM cancel_deliveries(p_id);
END $$;

-- As before, but the endpoint is locked before its delivery, as by claim_deliveries() and stop_webhook().
-- Writes down how one attempt ended. An attempt whose lease another has taken over changes nothing.
-- p: id, attempt, endpointId, status|null, error|null, tookMs. 2xx: delivered. 410: the endpoint wants no more. Else tried again after
-- 5 s, 30 s, 2 min, 10 min and 1 h.
CREATE OR REPLACE FUNCTION finish_delivery(p jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  now_ms bigint; d webhook_delivery; code int := (p->>'status')::int;
  pauses bigint[] := ARRAY[5000, 30000, 120000, 600000, 3600000];
BEGIN
  PERFORM 1 FROM webhook_endpoint WHERE id = p->>'endpointId' FOR NO KEY UPDATE;
  SELECT * INTO d FROM webhook_delivery
  WHERE id = p->>'id' AND endpoint_id = p->>'endpointId' AND attempts = (p->>'attempt')::int AND state = 'pending' FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  now_ms := clock_ms();
  UPDATE webhook_delivery SET last_ms = now_ms, last_status = code, last_error = p->>'error', took_ms = (p->>'tookMs')::int,
    state = CASE WHEN code BETWEEN 200 AND 299 THEN 'delivered' WHEN code = 410 OR d.tries_left <= 0 THEN 'failed' ELSE 'pending' END,
    next_ms = CASE WHEN code BETWEEN 200 AND 299 OR code = 410 OR d.tries_left <= 0 THEN NULL ELSE now_ms + pauses[greatest(1, 6 - d.tries_left)] END
  WHERE id = d.id;
  UPDATE webhook_endpoint SET busy_until_ms = now_ms WHERE id = d.endpoint_id;
  IF code = 410 THEN PERFORM stop_webhook(d.endpoint_id, 'gone'); END IF;
END $$;

-- A stream that a sweep could not bring up to date goes to the back: it is tried again after 1 s, 2 s, 4 s and so on, at last once an
-- hour. Its `due_ms` stays, so that I24 and the lag tell of it.
CREATE FUNCTION note_sweep_failure(p_id text, p_reason text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO sweep_failure AS f (stream_id, failures, reason, retry_ms) VALUES (p_id, 1, p_reason, clock_ms() + 1000)
  ON CONFLICT (stream_id) DO UPDATE SET failures = f.failures + 1, reason = excluded.reason,
    retry_ms = clock_ms() + least(1000 * 2 ^ least(f.failures, 12), 3600000)::bigint
$$;

-- As before, without those that failed a moment ago.
-- What time has ended, many streams a call: those without a rule of automatic top-ups, the longest due first. Sweeps at once
-- take different ones. The clock is read in a query of its own: a volatile function is no bound that an index can stop at.
-- p: limit
CREATE OR REPLACE FUNCTION sweep_batch(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE ids text[]; report jsonb; failed text[];
BEGIN
  SELECT array_agg(d.id) INTO ids FROM (
    SELECT s.id FROM stream s WHERE s.due_ms <= (SELECT clock_ms()) AND s.auto_trigger_ms IS NULL
      AND NOT EXISTS (SELECT 1 FROM sweep_failure f WHERE f.stream_id = s.id AND f.retry_ms > (SELECT clock_ms()))
    ORDER BY s.due_ms LIMIT (p->>'limit')::int FOR UPDATE OF s SKIP LOCKED) d;
  report := settle_each(coalesce(ids, '{}'), false);
  failed := ARRAY(SELECT split_part(reason, ': ', 1) FROM jsonb_array_elements_text(report->'failed') reason);
  PERFORM note_sweep_failure(split_part(reason, ': ', 1), reason) FROM jsonb_array_elements_text(report->'failed') reason;
  DELETE FROM sweep_failure WHERE stream_id = ANY (ids) AND stream_id <> ALL (failed);
  RETURN report || jsonb_build_object('looked', coalesce(cardinality(ids), 0));
END $$;

-- Streams whose rule of automatic top-ups a sweep should look at now, one by one; without those that failed a moment ago.
CREATE OR REPLACE FUNCTION due_rules(p_limit int) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT s.id FROM stream s WHERE s.due_ms <= (SELECT clock_ms()) AND s.auto_trigger_ms IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM sweep_failure f WHERE f.stream_id = s.id AND f.retry_ms > (SELECT clock_ms()))
  ORDER BY s.due_ms LIMIT p_limit
$$;

-- Brings one stream up to date. Null when another sweep holds it. As before; what had failed has not any more.
CREATE OR REPLACE FUNCTION sweep_stream(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE s stream; was text;
BEGIN
  SELECT * INTO s FROM stream WHERE id = p->>'streamId' AND due_ms <= clock_ms() FOR UPDATE SKIP LOCKED;
  IF s.id IS NULL THEN RETURN NULL; END IF;
  was := s.status;
  s := stream_advance(s, greatest(s.last_ms, clock_ms()));
  s := stream_auto_top_up(s);
  s := stream_end_grace(s);
  IF s.status = 'closing' AND s.held = 0 THEN
    PERFORM lock_accounts(ARRAY[escrow_of(s), wallet_of(s.receiver), wallet_of(s.sender)]);
    s := stream_settle(s);
  END IF;
  -- A rule that could not act is tried again in 30 s, not at once.
  PERFORM stream_save(s, s.last_ms + 30000);
  DELETE FROM sweep_failure WHERE stream_id = s.id;
  RETURN jsonb_build_object('streamId', s.id, 'from', was, 'to', s.status);
END $$;
