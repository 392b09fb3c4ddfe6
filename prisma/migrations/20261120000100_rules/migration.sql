-- What the tables may never hold, whoever writes: the last line of defence behind the money functions.

ALTER TABLE account
  ADD CONSTRAINT account_kind CHECK (kind IN ('wallet', 'escrow', 'external')),
  ADD CONSTRAINT account_balance CHECK (balance >= 0);

ALTER TABLE posting ADD CONSTRAINT posting_amount CHECK (amount <> 0);
-- An operation key moves a sender's money once, even if claim_operation() should fail at its job.
CREATE UNIQUE INDEX journal_entry_operation ON journal_entry (actor, (memo->>'operation')) WHERE memo ? 'operation';

ALTER TABLE provider_tier
  ADD CONSTRAINT provider_tier_name CHECK (name IN ('basic', 'professional', 'enterprise')),
  ADD CONSTRAINT provider_tier_rate CHECK (rate_amount > 0 AND rate_period_ms > 0),
  ADD CONSTRAINT provider_tier_limit CHECK (max_requests_per_hour > 0),
  ADD CONSTRAINT provider_tier_priority CHECK (priority IN ('normal', 'high', 'critical'));

ALTER TABLE stream
  ADD CONSTRAINT stream_status CHECK (status IN ('pending', 'active', 'paused', 'exhausted', 'closing', 'settled', 'failed')),
  ADD CONSTRAINT stream_two_ends CHECK (sender <> receiver),
  ADD CONSTRAINT stream_rate CHECK (rate_amount > 0 AND rate_period_ms > 0),
  ADD CONSTRAINT stream_amounts CHECK (billed >= 0 AND used >= 0 AND held >= 0 AND refunded >= 0 AND billed + refunded <= funded),
  ADD CONSTRAINT stream_covered CHECK (used + held <= funded AND div(carried_num, carried_den) + used + held <= funded),
  ADD CONSTRAINT stream_settled CHECK (status <> 'settled' OR (billed + refunded = funded AND held = 0)),
  ADD CONSTRAINT stream_running CHECK ((status = 'active') = (segment_started_ms IS NOT NULL));

ALTER TABLE hold
  ADD CONSTRAINT hold_state CHECK (state IN ('open', 'posted', 'voided')),
  ADD CONSTRAINT hold_amount CHECK (amount > 0),
  ADD CONSTRAINT hold_resolved CHECK ((state = 'open') = (settled_ms IS NULL));

ALTER TABLE request
  ADD CONSTRAINT request_state CHECK (state IN ('open', 'served', 'voided', 'denied')),
  ADD CONSTRAINT request_deadline CHECK (state <> 'open' OR deadline_ms IS NOT NULL);

-- The sliding hour looks up `seq - limit`; a denied call has no sequence.
CREATE UNIQUE INDEX request_stream_seq ON request (stream_id, seq) WHERE seq IS NOT NULL;
-- One key never pays twice; a voided call charged nothing, so its key is free again.
CREATE UNIQUE INDEX request_idempotency ON request (payer, idempotency_key)
  WHERE idempotency_key IS NOT NULL AND state IN ('open', 'served');
CREATE INDEX request_open ON request (deadline_ms) WHERE state = 'open';

-- Append only.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stream_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stream_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Time never runs backwards on a stream, whatever the machine's clock does.
CREATE FUNCTION refuse_time_travel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'stream %: last_ms would fall from % to %', OLD.id, OLD.last_ms, NEW.last_ms;
END $$;
CREATE TRIGGER stream_time_is_monotone BEFORE UPDATE ON stream
  FOR EACH ROW WHEN (NEW.last_ms < OLD.last_ms) EXECUTE FUNCTION refuse_time_travel();

-- The one clock of money: milliseconds since the epoch, of the database. `superstream.now_ms` injects another one into a
-- transaction (the demo, the simulator, tests); such a transaction can only be rolled back, see below.
CREATE FUNCTION clock_ms() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(nullif(current_setting('superstream.now_ms', true), '')::bigint,
                  floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
$$;

CREATE FUNCTION refuse_simulated_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows written under an injected clock cannot be committed';
END $$;
CREATE CONSTRAINT TRIGGER journal_entry_real_clock AFTER INSERT ON journal_entry DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (current_setting('superstream.now_ms', true) <> '') EXECUTE FUNCTION refuse_simulated_commit();
CREATE CONSTRAINT TRIGGER stream_real_clock AFTER INSERT OR UPDATE ON stream DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (current_setting('superstream.now_ms', true) <> '') EXECUTE FUNCTION refuse_simulated_commit();
CREATE CONSTRAINT TRIGGER request_real_clock AFTER INSERT OR UPDATE ON request DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (current_setting('superstream.now_ms', true) <> '') EXECUTE FUNCTION refuse_simulated_commit();
