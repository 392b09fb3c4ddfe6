-- Streams on the ledger. Every function here that moves money: claims its operation key, locks the stream, then accounts,
-- reads the clock after the locks, brings the stream up to date, acts, and saves. The rules are those of lib/domain.
-- Exact accrual is carried as a fraction; it is floored once, over the whole stream.

-- Least runway (ms) a change of rate, a resume or the top-up of an exhausted stream must leave.
CREATE FUNCTION min_runway_ms() RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT 60000::bigint $$;

-- ceil(rate × ms): what is asked for rounds up.
CREATE FUNCTION amount_for(rate_amount numeric, rate_period_ms bigint, ms bigint) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT div(rate_amount * ms + rate_period_ms - 1, rate_period_ms)
$$;

-- Base units accrued by `at_ms`, rounded down; never more than the running segment has earned, also past depletion.
CREATE FUNCTION stream_accrued(s stream, at_ms bigint) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN s.segment_started_ms IS NULL THEN div(s.carried_num, s.carried_den)
    ELSE div(s.carried_num * s.rate_period_ms + s.rate_amount * greatest(at_ms - s.segment_started_ms, 0) * s.carried_den,
             s.carried_den * s.rate_period_ms) END
$$;

-- What the stream may still accrue, as the money not yet spoken for.
CREATE FUNCTION stream_available(s stream) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT s.funded - s.used - s.held $$;

-- Base units that nobody has a claim on at the stream's own time.
CREATE FUNCTION stream_remaining(s stream) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT greatest(0, stream_available(s) - stream_accrued(s, s.last_ms))
$$;

CREATE FUNCTION rate_json(s stream) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('amount', s.rate_amount::text, 'periodMs', s.rate_period_ms::text)
$$;

-- First millisecond past the money when running from `from_ms` with the carried accrual: `from_ms` itself when it is short.
CREATE FUNCTION stream_depletes(s stream, from_ms bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN stream_available(s) * s.carried_den < s.carried_num THEN from_ms
    ELSE from_ms + 1 + least(
      div((stream_available(s) * s.carried_den - s.carried_num) * s.rate_period_ms, s.rate_amount * s.carried_den),
      100000000000000)::bigint END
$$;

-- Least top-up (base units) that gives `min_runway_ms` from `at_ms`; at least 1.
CREATE FUNCTION stream_minimum_top_up(s stream, at_ms bigint) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT greatest(1, amount_for(s.rate_amount, s.rate_period_ms, min_runway_ms()) + 1
    + least(stream_accrued(s, at_ms), stream_available(s)) - stream_available(s))
$$;

CREATE FUNCTION stream_log(s stream, p_kind text, p_at bigint, p_data jsonb DEFAULT '{}') RETURNS stream LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stream_event (stream_id, seq, kind, at_ms, data) VALUES (s.id, s.next_event, p_kind, p_at, p_data);
  s.next_event := s.next_event + 1;
  RETURN s;
END $$;

CREATE FUNCTION stream_start_segment(s stream, p_at bigint, p_cause text) RETURNS stream LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stream_segment (stream_id, seq, tier, rate_amount, rate_period_ms, start_ms, start_cause)
  VALUES (s.id, s.next_segment, s.tier, s.rate_amount, s.rate_period_ms, p_at, p_cause);
  s.next_segment := s.next_segment + 1;
  s.segment_started_ms := p_at;
  s.status := 'active';
  RETURN s;
END $$;

-- Ends the running segment at `p_at` and carries its exact accrual. Exhaustion carries exactly the money there is.
CREATE FUNCTION stream_stop_segment(s stream, p_at bigint, p_cause text, p_status text) RETURNS stream LANGUAGE plpgsql AS $$
DECLARE num numeric; den numeric; common numeric;
BEGIN
  IF p_cause = 'exhaust' THEN
    num := stream_available(s); den := 1;
  ELSE
    num := s.carried_num * s.rate_period_ms + s.rate_amount * (p_at - s.segment_started_ms) * s.carried_den;
    den := s.carried_den * s.rate_period_ms;
    common := gcd(num, den);
    num := num / common; den := den / common;
  END IF;
  UPDATE stream_segment SET end_ms = p_at, end_cause = p_cause, end_num = num, end_den = den
  WHERE stream_id = s.id AND seq = s.next_segment - 1;
  s.carried_num := num; s.carried_den := den;
  s.segment_started_ms := NULL;
  s.status := p_status;
  RETURN s;
END $$;

-- Applies what time alone has done by `p_now`: an active stream whose deposit is spent stops, at the very millisecond.
CREATE FUNCTION stream_advance(s stream, p_now bigint) RETURNS stream LANGUAGE plpgsql AS $$
DECLARE stopped bigint := s.depletes_ms;
BEGIN
  IF s.status = 'active' AND p_now >= stopped THEN
    s := stream_stop_segment(s, stopped, 'exhaust', 'exhausted');
    s.grace_until_ms := stopped + s.grace_ms;
    s := stream_log(s, 'exhausted', stopped, jsonb_build_object('paid', (s.funded - s.held)::text, 'graceUntilMs', s.grace_until_ms::text));
  END IF;
  s.last_ms := greatest(s.last_ms, p_now);
  RETURN s;
END $$;

-- Writes back the columns that change, with the moments derived from them: when it depletes, when a sweep should look.
CREATE FUNCTION stream_save(s stream, p_retry_ms bigint DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  s.depletes_ms := CASE WHEN s.status = 'active' THEN stream_depletes(s, s.segment_started_ms) END;
  s.due_ms := CASE s.status
    WHEN 'active' THEN CASE WHEN s.auto_trigger_ms IS NULL THEN s.depletes_ms
      ELSE least(s.depletes_ms, greatest(s.depletes_ms - s.auto_trigger_ms, coalesce(p_retry_ms, 0))) END
    WHEN 'exhausted' THEN CASE WHEN s.auto_trigger_ms IS NULL THEN s.grace_until_ms ELSE least(s.grace_until_ms, coalesce(p_retry_ms, s.last_ms)) END
    WHEN 'closing' THEN CASE WHEN s.held = 0 THEN s.last_ms END
  END;
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

CREATE FUNCTION escrow_of(s stream) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'escrow:' || s.id $$;
CREATE FUNCTION wallet_of(p_address text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'wallet:' || p_address $$;

-- Locks the stream for one of its parties. Somebody else's stream and no stream are the same refusal.
-- `p_parties`: 'sender', 'receiver' or 'both'; the actor 'system' (a sweep) is always let in.
CREATE FUNCTION stream_of(p jsonb, p_parties text) RETURNS stream LANGUAGE plpgsql AS $$
DECLARE s stream;
BEGIN
  SELECT * INTO s FROM stream WHERE id = p->>'streamId' FOR UPDATE;
  IF s.id IS NULL OR NOT (p->>'actor' = 'system'
      OR (p_parties IN ('sender', 'both') AND s.sender = p->>'actor')
      OR (p_parties IN ('receiver', 'both') AND s.receiver = p->>'actor')) THEN
    PERFORM refuse('stream-not-found');
  END IF;
  RETURN stream_advance(s, greatest(s.last_ms, clock_ms()));
END $$;

CREATE FUNCTION refuse_state(s stream, VARIADIC allowed text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT s.status = ANY (allowed) OR (s.status = 'exhausted' AND s.last_ms >= s.grace_until_ms) THEN
    PERFORM refuse('stream-state', jsonb_build_object('streamStatus', s.status, 'allowed', to_jsonb(allowed)));
  END IF;
END $$;

CREATE FUNCTION refuse_short_runway(s stream, p_now bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF stream_depletes(s, p_now) - 1 - p_now < min_runway_ms() THEN
    PERFORM refuse('insufficient-balance', jsonb_build_object('minimumTopUp', stream_minimum_top_up(s, p_now)::text, 'streamId', s.id));
  END IF;
END $$;

-- Sender's wallet → escrow, for one operation key if there is one. The wallet may not go below zero: a refusal, not an error.
CREATE FUNCTION stream_fund(s stream, p_key text, p_kind text, p_amount numeric, p_operation text) RETURNS stream LANGUAGE plpgsql AS $$
DECLARE balance numeric;
BEGIN
  PERFORM lock_accounts(ARRAY[wallet_of(s.sender), escrow_of(s)]);
  SELECT a.balance INTO balance FROM account a WHERE a.id = wallet_of(s.sender);
  IF coalesce(balance, 0) < p_amount THEN
    PERFORM refuse('insufficient-balance', jsonb_build_object('balance', coalesce(balance, 0)::text, 'required', p_amount::text));
  END IF;
  PERFORM post_entry(p_key, p_kind, s.id, s.sender, s.last_ms, jsonb_strip_nulls(jsonb_build_object('operation', p_operation)),
                     wallet_of(s.sender), escrow_of(s), p_amount);
  s.funded := s.funded + p_amount;
  RETURN s;
END $$;

CREATE FUNCTION set_rule(s stream, rule jsonb) RETURNS stream LANGUAGE plpgsql AS $$
BEGIN
  s.auto_trigger_ms := (rule->>'triggerMs')::bigint;
  s.auto_chunk_ms := (rule->>'chunkMs')::bigint;
  s.auto_daily_max := (rule->>'dailyMax')::numeric;
  s.auto_expires_ms := (rule->>'expiresMs')::bigint;
  s.auto_failed := NULL;
  RETURN s;
END $$;

-- p: actor (sender), streamId (fresh), providerId, tier, deposit|null, autoTopUp|null, idempotencyKey, requestHash
CREATE FUNCTION open_stream(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  answer jsonb := claim_operation(p);
  offer provider; t provider_tier; s stream; required numeric; deposit numeric := (p->>'deposit')::numeric;
BEGIN
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  SELECT * INTO offer FROM provider WHERE id = p->>'providerId' AND active;
  IF offer.id IS NULL THEN PERFORM refuse('provider-not-found'); END IF;
  IF offer.owner = p->>'actor' THEN PERFORM refuse('self-stream'); END IF;
  SELECT * INTO t FROM provider_tier WHERE provider_id = offer.id AND name = p->>'tier';
  IF t.name IS NULL THEN PERFORM refuse('unknown-tier', jsonb_build_object('tier', p->>'tier')); END IF;
  required := amount_for(t.rate_amount, t.rate_period_ms, offer.deposit_ms);
  deposit := coalesce(deposit, required);
  IF deposit < required THEN
    PERFORM refuse('invalid-input', jsonb_build_object('depositRequired', required::text, 'deposit', deposit::text));
  END IF;

  PERFORM ensure_account('escrow:' || (p->>'streamId'), p->>'actor', 'escrow', p->>'asset');
  -- In their order: two newcomers who open towards each other do not wait for each other.
  PERFORM ensure_account(wallet_of(owner), owner, 'wallet', p->>'asset') FROM unnest(ARRAY[p->>'actor', offer.owner]) owner ORDER BY owner;
  PERFORM lock_accounts(ARRAY[wallet_of(p->>'actor'), 'escrow:' || (p->>'streamId')]);
  INSERT INTO stream (id, sender, receiver, provider_id, asset, tier, status, rate_amount, rate_period_ms, max_requests_per_hour,
                      priority, grace_ms, funded, opened_ms, last_ms)
  VALUES (p->>'streamId', p->>'actor', offer.owner, offer.id, p->>'asset', t.name, 'pending', t.rate_amount, t.rate_period_ms,
          t.max_requests_per_hour, t.priority, offer.grace_ms, 0, clock_ms(), clock_ms()) RETURNING * INTO s;
  s := stream_fund(s, 'open:' || s.id, 'deposit', deposit, p->>'idempotencyKey');
  s := set_rule(s, p->'autoTopUp');
  s := stream_start_segment(s, s.opened_ms, 'open');
  s := stream_log(s, 'opened', s.opened_ms, jsonb_build_object('tier', s.tier, 'rate', rate_json(s), 'deposit', deposit::text));
  PERFORM bump_counters(s.provider_id, s.id, 0, 0, 1, 1);
  PERFORM stream_save(s);
  RETURN finish_operation(p, jsonb_build_object('streamId', s.id, 'deposit', deposit::text));
END $$;

-- Adds money; an exhausted stream in its grace runs again from this instant. p: actor, streamId, amount, …
CREATE FUNCTION top_up_stream(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE answer jsonb := claim_operation(p); s stream; amount numeric := (p->>'amount')::numeric; least_amount numeric;
BEGIN
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  s := stream_of(p, 'sender');
  PERFORM refuse_state(s, 'active', 'paused', 'exhausted');
  least_amount := CASE WHEN s.status = 'exhausted' THEN stream_minimum_top_up(s, s.last_ms) ELSE 1 END;
  IF amount < least_amount THEN PERFORM refuse('invalid-input', jsonb_build_object('minimumTopUp', least_amount::text)); END IF;
  s := stream_fund(s, 'top-up:' || s.id || ':' || s.next_top_up, 'top-up', amount, p->>'idempotencyKey');
  s.next_top_up := s.next_top_up + 1;
  s := stream_log(s, 'topped-up', s.last_ms, jsonb_build_object('amount', amount::text, 'funded', s.funded::text));
  s := stream_revive(s);
  PERFORM stream_save(s);
  RETURN finish_operation(p, jsonb_build_object('streamId', s.id, 'amount', amount::text));
END $$;

CREATE FUNCTION stream_revive(s stream) RETURNS stream LANGUAGE plpgsql AS $$
BEGIN
  IF s.status = 'exhausted' THEN
    s := stream_start_segment(s, s.last_ms, 'top-up');
    s.grace_until_ms := NULL;
    s := stream_log(s, 'revived', s.last_ms, jsonb_build_object('remaining', stream_remaining(s)::text));
  END IF;
  RETURN s;
END $$;

-- The new rate counts from now; what the old one accrued is carried exactly. p: actor, streamId, tier
CREATE FUNCTION change_stream_tier(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE answer jsonb := claim_operation(p); s stream; t provider_tier; was text; running boolean;
BEGIN
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  s := stream_of(p, 'sender');
  PERFORM refuse_state(s, 'active', 'paused');
  SELECT * INTO t FROM provider_tier WHERE provider_id = s.provider_id AND name = p->>'tier';
  IF t.name IS NULL THEN PERFORM refuse('unknown-tier', jsonb_build_object('tier', p->>'tier')); END IF;
  was := s.tier;
  running := s.status = 'active';
  IF running THEN s := stream_stop_segment(s, s.last_ms, 'rate', 'paused'); END IF;
  s.tier := t.name; s.rate_amount := t.rate_amount; s.rate_period_ms := t.rate_period_ms;
  s.max_requests_per_hour := t.max_requests_per_hour; s.priority := t.priority;
  IF running THEN
    PERFORM refuse_short_runway(s, s.last_ms);
    s := stream_start_segment(s, s.last_ms, 'rate');
  END IF;
  s.generation := s.generation + 1;
  s := stream_log(s, 'tier-changed', s.last_ms, jsonb_build_object('from', was, 'to', s.tier, 'rate', rate_json(s)));
  PERFORM stream_save(s);
  RETURN finish_operation(p, jsonb_build_object('streamId', s.id, 'tier', s.tier));
END $$;

CREATE FUNCTION pause_stream(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE answer jsonb := claim_operation(p); s stream;
BEGIN
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  s := stream_of(p, 'sender');
  PERFORM refuse_state(s, 'active');
  s := stream_stop_segment(s, s.last_ms, 'pause', 'paused');
  s.generation := s.generation + 1;
  s := stream_log(s, 'paused', s.last_ms, jsonb_build_object('remaining', stream_remaining(s)::text));
  PERFORM stream_save(s);
  RETURN finish_operation(p, jsonb_build_object('streamId', s.id));
END $$;

CREATE FUNCTION resume_stream(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE answer jsonb := claim_operation(p); s stream;
BEGIN
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  s := stream_of(p, 'sender');
  PERFORM refuse_state(s, 'paused');
  PERFORM refuse_short_runway(s, s.last_ms);
  s := stream_start_segment(s, s.last_ms, 'resume');
  s := stream_log(s, 'resumed', s.last_ms, jsonb_build_object('remaining', stream_remaining(s)::text));
  PERFORM stream_save(s);
  RETURN finish_operation(p, jsonb_build_object('streamId', s.id));
END $$;

-- p: actor, streamId, rule|null {triggerMs, chunkMs, dailyMax, expiresMs|null}
CREATE FUNCTION set_auto_top_up(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE s stream;
BEGIN
  s := stream_of(p, 'sender');
  PERFORM refuse_state(s, 'active', 'paused', 'exhausted');
  s := set_rule(s, nullif(p->'rule', 'null'));
  s := stream_log(s, CASE WHEN s.auto_trigger_ms IS NULL THEN 'auto-top-up-cleared' ELSE 'auto-top-up-set' END,
                  s.last_ms, coalesce(nullif(p->'rule', 'null'), '{}'));
  PERFORM stream_save(s);
  RETURN jsonb_build_object('streamId', s.id);
END $$;

-- Escrow → receiver, by the difference of the cumulative floor: however often it is called, the total is the same.
CREATE FUNCTION stream_bill(s stream, p_kind text) RETURNS stream LANGUAGE plpgsql AS $$
DECLARE delta numeric := least(stream_accrued(s, s.last_ms), stream_available(s)) + s.used - s.billed;
BEGIN
  IF delta > 0 THEN
    PERFORM post_entry('bill:' || s.id || ':' || s.next_bill, p_kind, s.id, s.receiver, s.last_ms, '{}',
                       escrow_of(s), wallet_of(s.receiver), delta);
    s.billed := s.billed + delta;
    s.next_bill := s.next_bill + 1;
    PERFORM bump_counters(s.provider_id, s.id, 0, delta, 0, 0);
  END IF;
  RETURN s;
END $$;

-- The receiver takes what has accrued so far. p: actor, streamId
CREATE FUNCTION collect_stream(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE answer jsonb := claim_operation(p); s stream; before numeric; closed bigint;
BEGIN
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  s := stream_of(p, 'receiver');
  before := s.billed;
  closed := s.closed_ms;
  PERFORM lock_accounts(ARRAY[escrow_of(s), wallet_of(s.receiver), wallet_of(s.sender)]);
  s := stream_end_grace(s);
  s := stream_bill(s, 'collect');
  IF s.billed > before AND s.closed_ms IS NOT DISTINCT FROM closed THEN
    s := stream_log(s, 'collected', s.last_ms, jsonb_build_object('amount', (s.billed - before)::text, 'billed', s.billed::text));
  END IF;
  PERFORM stream_save(s);
  RETURN finish_operation(p, jsonb_build_object('streamId', s.id, 'collected', (s.billed - before)::text));
END $$;

-- Pays the receiver and refunds the sender what is left: refund + paid = deposited. The accounts are locked by the caller.
CREATE FUNCTION stream_settle(s stream) RETURNS stream LANGUAGE plpgsql AS $$
DECLARE refund numeric;
BEGIN
  s := stream_bill(s, 'settle');
  refund := s.funded - s.billed;
  PERFORM post_entry('refund:' || s.id, 'refund', s.id, s.sender, s.last_ms, '{}', escrow_of(s), wallet_of(s.sender), refund);
  s.refunded := refund;
  s.status := 'settled';
  s := stream_log(s, 'settled', s.last_ms, jsonb_build_object('paid', s.billed::text, 'refund', refund::text));
  PERFORM bump_counters(s.provider_id, s.id, 0, 0, 0, -1);
  RETURN s;
END $$;

-- Stops the stream; settles it at once, or when the last paid call under way is resolved ('closing').
CREATE FUNCTION stream_close(s stream, p_cause text) RETURNS stream LANGUAGE plpgsql AS $$
BEGIN
  PERFORM lock_accounts(ARRAY[escrow_of(s), wallet_of(s.receiver), wallet_of(s.sender)]);
  IF s.status = 'active' THEN s := stream_stop_segment(s, s.last_ms, 'close', 'closing'); END IF;
  s.status := 'closing';
  -- A stream whose grace ran out ended then, however late the sweep comes.
  s.closed_ms := CASE p_cause WHEN 'grace-ended' THEN s.grace_until_ms ELSE s.last_ms END;
  s.close_cause := p_cause;
  s.grace_until_ms := NULL;
  s.generation := s.generation + 1;
  s := stream_log(s, 'closed', s.closed_ms, jsonb_build_object('cause', p_cause, 'held', s.held::text));
  IF s.held = 0 THEN s := stream_settle(s); ELSE s := stream_bill(s, 'settle'); END IF;
  RETURN s;
END $$;

-- A stream whose grace is over has ended, though no sweep has written it down: whoever comes next does.
CREATE FUNCTION stream_end_grace(s stream) RETURNS stream LANGUAGE plpgsql AS $$
BEGIN
  IF s.status = 'exhausted' AND s.last_ms >= s.grace_until_ms THEN s := stream_close(s, 'grace-ended'); END IF;
  RETURN s;
END $$;

-- Either end may close; a closed stream answers with the same settlement. p: actor, streamId
CREATE FUNCTION close_stream(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE answer jsonb := claim_operation(p); s stream;
BEGIN
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  s := stream_of(p, 'both');
  IF s.status NOT IN ('closing', 'settled', 'failed') THEN
    s := stream_end_grace(s);
    IF s.closed_ms IS NULL THEN s := stream_close(s, CASE WHEN p->>'actor' = s.sender THEN 'sender' ELSE 'receiver' END); END IF;
    PERFORM stream_save(s);
  END IF;
  RETURN finish_operation(p, jsonb_build_object('streamId', s.id));
END $$;
