-- What time does to streams without anybody asking: one stream a call, one transaction each, safe to run twice or by many.

-- Adds the rule's chunk when the runway is short of its trigger. Says why when it cannot, once.
CREATE FUNCTION stream_auto_top_up(s stream) RETURNS stream LANGUAGE plpgsql AS $$
DECLARE
  today bigint := s.last_ms / 86400000;
  chunk numeric := amount_for(s.rate_amount, s.rate_period_ms, s.auto_chunk_ms);
  balance numeric; obstacle text;
BEGIN
  IF s.auto_trigger_ms IS NULL OR s.status NOT IN ('active', 'exhausted')
     OR (s.status = 'active' AND s.depletes_ms - 1 - s.last_ms >= s.auto_trigger_ms)
     OR (s.status = 'exhausted' AND s.last_ms >= s.grace_until_ms) THEN RETURN s; END IF;
  IF s.auto_day IS DISTINCT FROM today THEN s.auto_day := today; s.auto_spent := 0; END IF;
  PERFORM lock_accounts(ARRAY[wallet_of(s.sender), escrow_of(s)]);
  SELECT a.balance INTO balance FROM account a WHERE a.id = wallet_of(s.sender);
  obstacle := CASE
    WHEN s.last_ms >= s.auto_expires_ms THEN 'the rule has expired'
    WHEN s.auto_spent + chunk > s.auto_daily_max THEN 'the daily maximum is reached'
    WHEN coalesce(balance, 0) < chunk THEN 'the wallet is too low' END;
  IF obstacle IS NOT NULL THEN
    IF s.auto_failed IS DISTINCT FROM obstacle THEN
      s := stream_log(s, 'auto-top-up-failed', s.last_ms, jsonb_build_object('reason', obstacle, 'amount', chunk::text));
    END IF;
    s.auto_failed := obstacle;
    RETURN s;
  END IF;
  s := stream_fund(s, 'top-up:' || s.id || ':' || s.next_top_up, 'auto-top-up', chunk, NULL);
  s.next_top_up := s.next_top_up + 1;
  s.auto_spent := s.auto_spent + chunk;
  s.auto_failed := NULL;
  s := stream_log(s, 'auto-topped-up', s.last_ms, jsonb_build_object('amount', chunk::text, 'funded', s.funded::text));
  RETURN stream_revive(s);
END $$;

-- Brings one stream up to date. Null when another sweep holds it.
CREATE FUNCTION sweep_stream(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
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
  RETURN jsonb_build_object('streamId', s.id, 'from', was, 'to', s.status);
END $$;

-- Streams that a sweep should look at now, the longest due first.
CREATE FUNCTION due_streams(p_limit int) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT id FROM stream WHERE due_ms <= clock_ms() ORDER BY due_ms LIMIT p_limit
$$;

-- Calls whose server died before it could say how they ended: nothing was served, so nothing is charged.
CREATE FUNCTION void_stale_requests(p_limit int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE stale jsonb;
BEGIN
  SELECT jsonb_agg(jsonb_build_object('requestId', id, 'outcome', 'voided')) INTO stale
  FROM (SELECT id FROM request WHERE state = 'open' AND deadline_ms < clock_ms() ORDER BY deadline_ms LIMIT p_limit) r;
  IF stale IS NULL THEN RETURN 0; END IF;
  -- Another sweep may have ended some of them meanwhile.
  RETURN (SELECT count(*) FROM jsonb_array_elements(complete_requests(stale)) ended WHERE ended = 'true');
END $$;

-- Rows that have served their time. Sweeps at once take different ones and do not wait for each other.
CREATE FUNCTION forget_expired(p_limit int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE now_ms bigint := clock_ms();
BEGIN
  DELETE FROM request_answer WHERE request_id IN (SELECT request_id FROM request_answer WHERE expires_ms < now_ms LIMIT p_limit FOR UPDATE SKIP LOCKED);
  DELETE FROM stream_session WHERE token_hash IN (SELECT token_hash FROM stream_session WHERE expires_ms < now_ms LIMIT p_limit FOR UPDATE SKIP LOCKED);
  DELETE FROM proof_claim WHERE (kind, id) IN (SELECT kind, id FROM proof_claim WHERE expires_ms + 60000 < now_ms LIMIT p_limit FOR UPDATE SKIP LOCKED);
  DELETE FROM siwe_nonce WHERE nonce IN (SELECT nonce FROM siwe_nonce WHERE expires_at < clock_timestamp() LIMIT p_limit FOR UPDATE SKIP LOCKED);
  DELETE FROM auth_session WHERE token_hash IN (SELECT token_hash FROM auth_session WHERE expires_at < clock_timestamp() LIMIT p_limit FOR UPDATE SKIP LOCKED);
END $$;
