-- Alerts before a stream runs dry, and the webhooks that carry them. The rules are told in lib/alerts/README.md.

-- CreateTable
CREATE TABLE "alert" (
    "id" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "stream_id" TEXT NOT NULL,
    "threshold_ms" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "muted_by" TEXT,
    "obstacle" TEXT,
    "runway_ms" BIGINT NOT NULL,
    "depletes_ms" BIGINT NOT NULL,
    "remaining" DECIMAL(78,0) NOT NULL,
    "funded" DECIMAL(78,0) NOT NULL,
    "generation" INTEGER NOT NULL,
    "raised_ms" BIGINT NOT NULL,
    "ended_ms" BIGINT,
    "dismissed_ms" BIGINT,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_scan" (
    "threshold_ms" BIGINT NOT NULL,
    "scanned_ms" BIGINT NOT NULL,

    CONSTRAINT "alert_scan_pkey" PRIMARY KEY ("threshold_ms")
);

-- CreateTable
CREATE TABLE "webhook_endpoint" (
    "id" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "secret" BYTEA,
    "previous_secret" BYTEA,
    "previous_until_ms" BIGINT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "disabled_by" TEXT,
    "busy_until_ms" BIGINT NOT NULL DEFAULT 0,
    "created_ms" BIGINT NOT NULL,
    "deleted_ms" BIGINT,

    CONSTRAINT "webhook_endpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_delivery" (
    "id" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "alert_id" TEXT,
    "type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "tries_left" INTEGER NOT NULL DEFAULT 6,
    "by_hand" BOOLEAN NOT NULL DEFAULT false,
    "next_ms" BIGINT,
    "created_ms" BIGINT NOT NULL,
    "last_ms" BIGINT,
    "last_status" INTEGER,
    "last_error" TEXT,
    "took_ms" INTEGER,

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "alert_account_raised_ms_id_idx" ON "alert"("account", "raised_ms", "id");

-- CreateIndex
CREATE INDEX "alert_raised_ms_idx" ON "alert"("raised_ms");

-- CreateIndex
CREATE INDEX "webhook_endpoint_account_idx" ON "webhook_endpoint"("account");

-- CreateIndex
CREATE INDEX "webhook_delivery_endpoint_id_created_ms_id_idx" ON "webhook_delivery"("endpoint_id", "created_ms", "id");

-- CreateIndex
CREATE INDEX "webhook_delivery_created_ms_idx" ON "webhook_delivery"("created_ms");

-- One row a stream and threshold until the runway has risen above it again: this is what "exactly one" rests on.
CREATE UNIQUE INDEX alert_once ON alert (stream_id, threshold_ms) WHERE ended_ms IS NULL;
CREATE INDEX alert_open ON alert (account) WHERE ended_ms IS NULL AND dismissed_ms IS NULL AND state = 'raised';
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_ms) WHERE next_ms IS NOT NULL;
-- Which streams pass a threshold in this second. Calls at no price of their own leave the column alone, so their updates stay HOT.
CREATE INDEX stream_depletes ON stream (depletes_ms) WHERE depletes_ms IS NOT NULL;

ALTER TABLE alert
  ADD CONSTRAINT alert_threshold CHECK (threshold_ms IN (600000, 3600000, 14400000)),
  ADD CONSTRAINT alert_state CHECK (state IN ('raised', 'muted')),
  ADD CONSTRAINT alert_muted CHECK ((state = 'muted') = (muted_by IS NOT NULL) AND muted_by IN ('began-below', 'overtaken', 'auto-top-up')),
  ADD CONSTRAINT alert_amounts CHECK (runway_ms >= 0 AND remaining >= 0);
ALTER TABLE webhook_endpoint
  ADD CONSTRAINT webhook_endpoint_off CHECK (enabled = (disabled_by IS NULL) AND disabled_by IN ('owner', 'gone')),
  ADD CONSTRAINT webhook_endpoint_secret CHECK ((deleted_ms IS NULL) = (secret IS NOT NULL));
ALTER TABLE webhook_delivery
  ADD CONSTRAINT webhook_delivery_state CHECK (state IN ('pending', 'delivered', 'failed', 'cancelled')),
  ADD CONSTRAINT webhook_delivery_next CHECK ((state = 'pending') = (next_ms IS NOT NULL));

CREATE CONSTRAINT TRIGGER alert_real_clock AFTER INSERT OR UPDATE ON alert DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (current_setting('superstream.now_ms', true) <> '') EXECUTE FUNCTION refuse_simulated_commit();

-- Milliseconds of runway at which an alert is due, the most urgent first.
CREATE FUNCTION alert_thresholds() RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$ SELECT ARRAY[600000, 3600000, 14400000]::bigint[] $$;
-- How far (ms) the runway must rise above a threshold to arm it: the default deposit of 4 h, rounded up, is no news at 4 h.
CREATE FUNCTION alert_margin_ms() RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT 60000::bigint $$;
-- How far back (ms) each scan looks again: longer than any transaction that was not visible to the one before. Each is one
-- statement, and statements are bounded to 10 s (lib/db/pool.ts).
CREATE FUNCTION alert_overlap_ms() RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT 20000::bigint $$;

INSERT INTO alert_scan (threshold_ms, scanned_ms) SELECT unnest(alert_thresholds()), clock_ms();

-- An id that carries its kind and its time, as lib/streams/new-id.ts makes them.
CREATE FUNCTION fresh_id(p_kind text, p_now bigint) RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT p_kind || '_' || lpad(to_hex(p_now), 12, '0') || substr(replace(gen_random_uuid()::text, '-', ''), 1, 20)
$$;

-- Why the standing order of a stream will not act when its moment comes, or null when it will. Judged as stream_auto_top_up does.
CREATE FUNCTION auto_top_up_obstacle(s stream, p_now bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  acts_ms bigint := greatest(p_now, s.depletes_ms - s.auto_trigger_ms);
  chunk numeric := amount_for(s.rate_amount, s.rate_period_ms, s.auto_chunk_ms);
  spent numeric := CASE WHEN s.auto_day = acts_ms / 86400000 THEN s.auto_spent ELSE 0 END;
  balance numeric;
BEGIN
  SELECT a.balance INTO balance FROM account a WHERE a.id = wallet_of(s.sender);
  RETURN CASE
    WHEN acts_ms >= s.auto_expires_ms THEN 'the rule has expired'
    WHEN spent + chunk > s.auto_daily_max THEN 'the daily maximum is reached'
    WHEN coalesce(balance, 0) < chunk THEN 'the wallet is too low' END;
END $$;

-- The outbox: one delivery for each endpoint of the account, in the transaction that raises the alert.
CREATE FUNCTION announce_alert(p_id text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO webhook_delivery (id, endpoint_id, alert_id, type, payload, next_ms, created_ms)
  SELECT fresh_id('msg', a.raised_ms), e.id, a.id, 'stream.runway-low', jsonb_build_object(
      'alertId', a.id, 'streamId', s.id, 'providerId', s.provider_id, 'providerName', p.name, 'thresholdMs', a.threshold_ms,
      'runwayMs', a.runway_ms, 'depletesMs', a.depletes_ms, 'remaining', a.remaining::text, 'asset', s.asset,
      'rateAmount', s.rate_amount::text, 'ratePeriodMs', s.rate_period_ms, 'obstacle', a.obstacle), a.raised_ms, a.raised_ms
  FROM alert a JOIN webhook_endpoint e ON e.account = a.account AND e.enabled AND e.deleted_ms IS NULL
    JOIN stream s ON s.id = a.stream_id JOIN provider p ON p.id = s.provider_id
  WHERE a.id = p_id
$$;

-- Writes down every threshold that the running stream `s` stands at or below at `p_now` and that has no row yet. The most urgent
-- is raised, unless a standing order will act first; the others were overtaken. Safe to call at any time. Returns how many were raised.
CREATE FUNCTION raise_alerts(s stream, p_now bigint) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  left_ms bigint := greatest(s.depletes_ms - 1 - p_now, 0);
  t bigint; urgent boolean := true; v_muted text; v_obstacle text; v_id text; raised int := 0;
BEGIN
  IF (SELECT count(*) FROM unnest(alert_thresholds()) v WHERE v >= left_ms)
     = (SELECT count(*) FROM alert WHERE stream_id = s.id AND ended_ms IS NULL AND threshold_ms >= left_ms) THEN RETURN 0; END IF;
  FOREACH t IN ARRAY alert_thresholds() LOOP
    CONTINUE WHEN left_ms > t;
    v_obstacle := CASE WHEN urgent AND s.auto_trigger_ms IS NOT NULL THEN auto_top_up_obstacle(s, p_now) END;
    v_muted := CASE WHEN NOT urgent THEN 'overtaken' WHEN s.auto_trigger_ms IS NOT NULL AND v_obstacle IS NULL THEN 'auto-top-up' END;
    urgent := false;
    INSERT INTO alert (id, account, stream_id, threshold_ms, state, muted_by, obstacle, runway_ms, depletes_ms, remaining,
                       funded, generation, raised_ms)
    VALUES (fresh_id('alt', p_now), s.sender, s.id, t, CASE WHEN v_muted IS NULL THEN 'raised' ELSE 'muted' END, v_muted, v_obstacle,
            left_ms, s.depletes_ms, greatest(0, stream_available(s) - stream_accrued(s, p_now)), s.funded, s.generation, p_now)
    ON CONFLICT (stream_id, threshold_ms) WHERE ended_ms IS NULL DO NOTHING RETURNING id INTO v_id;
    IF FOUND AND v_muted IS NULL THEN
      raised := raised + 1;
      PERFORM announce_alert(v_id);
    END IF;
  END LOOP;
  RETURN raised;
END $$;

-- Arms the thresholds that the runway of `s` has risen above at `p_now`: their alerts have ended.
CREATE FUNCTION arm_alerts(s stream, p_now bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE alert SET ended_ms = p_now
  WHERE stream_id = s.id AND ended_ms IS NULL AND threshold_ms + alert_margin_ms() < s.depletes_ms - 1 - p_now
$$;

-- What a change of the stream means for its alerts, in the transaction of the change. Time alone is looked after by sweep_alerts.
CREATE FUNCTION stream_runway_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE t bigint; v_id text; left_ms bigint := NEW.depletes_ms - 1 - NEW.last_ms;
BEGIN
  IF OLD.depletes_ms IS NULL THEN
    -- It runs, or runs again.
    PERFORM arm_alerts(NEW, NEW.last_ms);
    IF OLD.status <> 'pending' THEN PERFORM raise_alerts(NEW, NEW.last_ms); END IF;
    -- Opened: thresholds that it starts below are no news.
    FOREACH t IN ARRAY alert_thresholds() LOOP
      CONTINUE WHEN OLD.status <> 'pending' OR left_ms > t + alert_margin_ms();
      INSERT INTO alert (id, account, stream_id, threshold_ms, state, muted_by, runway_ms, depletes_ms, remaining, funded, generation, raised_ms)
      VALUES (fresh_id('alt', NEW.last_ms), NEW.sender, NEW.id, t, 'muted', 'began-below', greatest(left_ms, 0), NEW.depletes_ms,
              stream_remaining(NEW), NEW.funded, NEW.generation, NEW.last_ms)
      ON CONFLICT (stream_id, threshold_ms) WHERE ended_ms IS NULL DO NOTHING;
    END LOOP;
  ELSIF NEW.depletes_ms > OLD.depletes_ms THEN
    -- More money or a slower rate. What a call gives back was only set aside: it arms nothing, or each such call could alert anew.
    IF NEW.funded > OLD.funded OR NEW.rate_amount * OLD.rate_period_ms < OLD.rate_amount * NEW.rate_period_ms THEN
      PERFORM arm_alerts(NEW, NEW.last_ms);
    END IF;
  ELSIF NEW.depletes_ms < OLD.depletes_ms THEN
    -- A call with a price, or a faster tier. It may also have taken a threshold that time had passed out of the next scan's sight.
    PERFORM raise_alerts(NEW, NEW.last_ms);
  END IF;

  -- A standing order that was relied upon could not act: now it is news after all.
  IF NEW.auto_failed IS NOT NULL AND NEW.auto_failed IS DISTINCT FROM OLD.auto_failed THEN
    UPDATE alert SET state = 'raised', muted_by = NULL, obstacle = NEW.auto_failed, runway_ms = greatest(left_ms, 0),
      depletes_ms = NEW.depletes_ms, remaining = stream_remaining(NEW), funded = NEW.funded, generation = NEW.generation, raised_ms = NEW.last_ms
    WHERE stream_id = NEW.id AND ended_ms IS NULL AND muted_by = 'auto-top-up'
      AND threshold_ms = (SELECT min(v) FROM unnest(alert_thresholds()) v WHERE v >= left_ms)
    RETURNING id INTO v_id;
    IF FOUND THEN PERFORM announce_alert(v_id); ELSE PERFORM raise_alerts(NEW, NEW.last_ms); END IF;
  END IF;
  RETURN NULL;
END $$;

-- `UPDATE OF`: the statement that carries the free calls sets neither column, so it does not even ask.
CREATE TRIGGER stream_runway_changed AFTER UPDATE OF depletes_ms, auto_failed ON stream FOR EACH ROW
  WHEN (NEW.depletes_ms IS NOT NULL AND (OLD.depletes_ms IS NULL OR NEW.depletes_ms > OLD.depletes_ms
    OR (NEW.depletes_ms < OLD.depletes_ms AND NEW.depletes_ms - 1 - NEW.last_ms <= 14400000)
    OR (NEW.auto_failed IS NOT NULL AND NEW.auto_failed IS DISTINCT FROM OLD.auto_failed)))
  EXECUTE FUNCTION stream_runway_changed();

-- One bounded pass over the streams that time has brought to a threshold since the last pass. Reads streams without locking them.
-- One pass at a time: another finds the marks taken and leaves. Returns {looked, raised, more}.
CREATE FUNCTION sweep_alerts(p_limit int) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  mark alert_scan; now_ms bigint; reached bigint; looked int := 0; raised int := 0; more boolean := false; n int; batch stream[]; s stream;
BEGIN
  FOR mark IN SELECT * FROM alert_scan ORDER BY threshold_ms FOR UPDATE SKIP LOCKED LOOP
    now_ms := clock_ms();
    -- A top-up (or slower tier) that was under way while the last pass read its stream did not see the alert it ends: end it now.
    UPDATE alert a SET ended_ms = now_ms FROM stream t
    WHERE a.raised_ms > least(mark.scanned_ms, now_ms) - alert_overlap_ms() AND a.threshold_ms = mark.threshold_ms AND a.ended_ms IS NULL
      AND t.id = a.stream_id AND (t.funded > a.funded OR t.generation > a.generation)
      AND t.depletes_ms - 1 - now_ms > a.threshold_ms + alert_margin_ms();

    SELECT array_agg(due.t ORDER BY (due.t).id), count(*), max((due.t).depletes_ms) INTO batch, n, reached FROM (
      SELECT t FROM stream t
      WHERE t.depletes_ms > least(mark.scanned_ms, now_ms) - alert_overlap_ms() + mark.threshold_ms
        AND t.depletes_ms <= now_ms + mark.threshold_ms + 1
        AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.stream_id = t.id AND a.threshold_ms = mark.threshold_ms AND a.ended_ms IS NULL)
      ORDER BY t.depletes_ms LIMIT p_limit) due;
    -- In the order of their ids, as paid calls lock them: the two never wait for each other in a circle.
    FOREACH s IN ARRAY coalesce(batch, '{}') LOOP
      raised := raised + raise_alerts(s, now_ms);
    END LOOP;
    looked := looked + n;
    more := more OR n = p_limit;
    UPDATE alert_scan SET scanned_ms = CASE WHEN n = p_limit THEN least(reached - mark.threshold_ms, now_ms) ELSE now_ms END
    WHERE threshold_ms = mark.threshold_ms;
  END LOOP;
  RETURN jsonb_build_object('looked', looked, 'raised', raised, 'more', more);
END $$;

-- p: actor, webhookId (fresh), url, secret (hex of the sealed secret), max, idempotencyKey, requestHash
CREATE FUNCTION create_webhook(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE answer jsonb := claim_operation(p);
BEGIN
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('webhooks ' || (p->>'actor'), 0));
  IF (SELECT count(*) FROM webhook_endpoint WHERE account = p->>'actor' AND deleted_ms IS NULL) >= (p->>'max')::int THEN
    PERFORM refuse('too-many-webhooks', jsonb_build_object('maximum', (p->>'max')::int));
  END IF;
  INSERT INTO webhook_endpoint (id, account, url, secret, created_ms)
  VALUES (p->>'webhookId', p->>'actor', p->>'url', decode(p->>'secret', 'hex'), clock_ms());
  RETURN finish_operation(p, jsonb_build_object('webhookId', p->>'webhookId'));
END $$;

-- Takes due deliveries for sending until `p_lease_ms` from now: at most one an endpoint, so that a slow one delays only itself,
-- the endpoints that waited longest first. An alert that is over is not sent any more, unless somebody asked for it by hand.
CREATE FUNCTION claim_deliveries(p_limit int, p_lease_ms bigint) RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
DECLARE now_ms bigint := clock_ms(); e webhook_endpoint; d webhook_delivery;
BEGIN
  FOR e IN SELECT * FROM webhook_endpoint w
    WHERE w.busy_until_ms <= now_ms AND w.id IN (SELECT endpoint_id FROM webhook_delivery WHERE next_ms <= now_ms)
    ORDER BY w.busy_until_ms LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED
  LOOP
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

-- Writes down how one attempt ended. An attempt whose lease another has taken over changes nothing.
-- p: id, attempt, endpointId, status|null, error|null, tookMs. 2xx: delivered. 410: the endpoint wants no more. Else tried again after
-- 5 s, 30 s, 2 min, 10 min and 1 h.
CREATE FUNCTION finish_delivery(p jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  now_ms bigint := clock_ms(); d webhook_delivery; code int := (p->>'status')::int;
  pauses bigint[] := ARRAY[5000, 30000, 120000, 600000, 3600000];
BEGIN
  SELECT * INTO d FROM webhook_delivery WHERE id = p->>'id' AND attempts = (p->>'attempt')::int AND state = 'pending' FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  UPDATE webhook_delivery SET last_ms = now_ms, last_status = code, last_error = p->>'error', took_ms = (p->>'tookMs')::int,
    state = CASE WHEN code BETWEEN 200 AND 299 THEN 'delivered' WHEN code = 410 OR d.tries_left <= 0 THEN 'failed' ELSE 'pending' END,
    next_ms = CASE WHEN code BETWEEN 200 AND 299 OR code = 410 OR d.tries_left <= 0 THEN NULL ELSE now_ms + pauses[greatest(1, 6 - d.tries_left)] END
  WHERE id = d.id;
  UPDATE webhook_endpoint SET busy_until_ms = now_ms WHERE id = d.endpoint_id;
  IF code = 410 THEN PERFORM stop_webhook(d.endpoint_id, 'gone'); END IF;
END $$;

-- No more deliveries to an endpoint until it is enabled again; what is waiting is not sent later.
CREATE FUNCTION stop_webhook(p_id text, p_by text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE webhook_endpoint SET enabled = false, disabled_by = p_by WHERE id = p_id;
  UPDATE webhook_delivery SET state = 'cancelled', next_ms = NULL, last_error = 'the webhook is off' WHERE endpoint_id = p_id AND state = 'pending';
END $$;

-- Alerts and deliveries of more than 30 days ago, but those that still say something of a stream that runs or may run again.
CREATE FUNCTION forget_alerts(p_limit int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE old_ms bigint := clock_ms() - 2592000000; gone bigint; n bigint;
BEGIN
  DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery WHERE created_ms < old_ms LIMIT p_limit FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS gone = ROW_COUNT;
  DELETE FROM alert WHERE id IN (
    SELECT a.id FROM alert a LEFT JOIN stream s ON s.id = a.stream_id
    WHERE a.raised_ms < old_ms AND (a.ended_ms IS NOT NULL OR s.status IS NULL OR s.status IN ('settled', 'failed')) LIMIT p_limit FOR UPDATE OF a SKIP LOCKED);
  GET DIAGNOSTICS n = ROW_COUNT;
  DELETE FROM webhook_endpoint e WHERE e.deleted_ms < old_ms AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.endpoint_id = e.id);
  RETURN gone + n;
END $$;
