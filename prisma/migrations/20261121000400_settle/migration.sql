-- Settling many streams at once. The rules are those of one stream (stream_advance, stream_end_grace, stream_bill,
-- stream_settle); here they run over a whole batch in a few statements: 100,000 streams in seconds (decision 0043).

-- Room in each page for the next version of its rows, so that an update which changes no indexed column touches no index.
ALTER TABLE account SET (fillfactor = 70);

-- Who is paid how far: one row a part of all streams, claimed by its row, so that sweeps at once share the work and a pass
-- that was cut off goes on where it stopped.
CREATE TABLE "settle_part" (
    "part" SMALLINT NOT NULL,
    "after" TEXT,
    "due_ms" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "settle_part_pkey" PRIMARY KEY ("part")
);
INSERT INTO settle_part (part) SELECT generate_series(0, 31);

-- By the receiver, so that a batch writes to few wallets, and in halves by the stream, so that two work for one receiver too.
-- By hashes, not by the id: neighbours in a page are then settled in different transactions, and its room suffices.
CREATE FUNCTION settle_part_of(p_receiver text, p_stream text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
  SELECT (hashtext(p_receiver) & 15) * 2 + (hashtext(p_stream) & 1)
$$;
CREATE INDEX stream_settle_part ON stream (settle_part_of(receiver, id), id) WHERE status NOT IN ('settled', 'failed');
CREATE INDEX stream_unsettled_receiver ON stream (receiver, id) WHERE status NOT IN ('settled', 'failed');

-- They call jsonb_build_array(), which is stable: declared so too, they are inlined, which halves their cost. They read nothing.
ALTER FUNCTION entry_hash(text, text, text, text, bigint, jsonb, text, text, text, numeric) STABLE;
ALTER FUNCTION posting_hash(bytea, bytea, text, bigint, numeric, numeric) STABLE;

CREATE TYPE movement AS (
  key text, kind text, stream_id text, actor text, at_ms bigint, from_account text, to_account text, asset text, amount numeric);
-- A movement whose entry is written. `turn`: the how manieth out of its escrow.
CREATE TYPE posted_side AS (entry bigint, hash bytea, from_account text, to_account text, asset text, amount numeric, turn bigint);

-- post_entry() for many, in their order. Every `from` is an escrow, every `to` a wallet: whoever holds a stream's lock is alone
-- with its escrow, and the wallets, which others wait for, are locked last. The caller holds the streams' locks.
CREATE FUNCTION post_entries(moves movement[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  sides posted_side[]; wallets text[]; turns bigint; n bigint; posted bigint := 0; side record;
  wallet text; last_hash bytea; last_balance numeric; last_seq bigint;
  entries bigint[] := '{}'; accounts text[] := '{}'; seqs bigint[] := '{}'; amounts numeric[] := '{}'; balances numeric[] := '{}'; hashes bytea[] := '{}';
BEGIN
  IF moves IS NULL THEN RETURN; END IF;
  WITH given AS MATERIALIZED (
    SELECT m.*, nextval('journal_entry_id_seq') AS id, row_number() OVER (PARTITION BY m.from_account) AS turn,
      entry_hash(m.key, m.kind, m.stream_id, m.actor, m.at_ms, '{}', m.from_account, m.to_account, m.asset, m.amount) AS hash
    FROM unnest(moves) m),
  written AS (
    INSERT INTO journal_entry (id, key, kind, stream_id, actor, at_ms, memo, hash)
    SELECT id, key, kind, stream_id, actor, at_ms, '{}', hash FROM given)
  SELECT array_agg((id, hash, from_account, to_account, asset, amount, turn)::posted_side), array_agg(DISTINCT to_account), max(turn)
  INTO sides, wallets, turns FROM given
  -- What is no such payment is left out here, and missed below.
  WHERE amount > 0 AND amount = trunc(amount) AND from_account LIKE 'escrow:%' AND to_account LIKE 'wallet:%';

  -- Most escrows have one side, one that settles has two: the bill, then the refund.
  FOR i IN 1..turns LOOP
    WITH moved AS (
      UPDATE account a SET balance = a.balance - m.amount, next_seq = a.next_seq + 1,
        head = posting_hash(a.head, m.hash, a.id, a.next_seq, -m.amount, a.balance - m.amount)
      FROM unnest(sides) m WHERE m.turn = i AND a.id = m.from_account AND a.asset = m.asset
      RETURNING m.entry, a.id, a.next_seq - 1 AS seq, a.asset, -m.amount AS amount, a.balance, a.head)
    INSERT INTO posting (entry_id, account_id, seq, asset, amount, balance_after, hash) SELECT * FROM moved;
    GET DIAGNOSTICS n = ROW_COUNT;
    posted := posted + n;
  END LOOP;
  IF posted <> cardinality(moves) THEN RAISE EXCEPTION 'a movement of a batch is no payment out of an escrow of its asset'; END IF;

  PERFORM lock_accounts(wallets);
  FOR side IN
    SELECT a.id, a.balance, a.next_seq, a.head, m.entry, m.hash, m.amount
    FROM unnest(sides) m JOIN account a ON a.id = m.to_account AND a.asset = m.asset ORDER BY m.to_account, m.entry
  LOOP
    IF wallet IS DISTINCT FROM side.id THEN
      wallet := side.id; last_balance := side.balance; last_seq := side.next_seq; last_hash := side.head;
    ELSE
      last_seq := last_seq + 1;
    END IF;
    last_balance := last_balance + side.amount;
    last_hash := posting_hash(last_hash, side.hash, wallet, last_seq, side.amount, last_balance);
    entries := array_append(entries, side.entry); accounts := array_append(accounts, wallet); seqs := array_append(seqs, last_seq);
    amounts := array_append(amounts, side.amount); balances := array_append(balances, last_balance); hashes := array_append(hashes, last_hash);
  END LOOP;
  IF cardinality(entries) <> cardinality(moves) THEN RAISE EXCEPTION 'a wallet of a batch is missing, or is of another asset'; END IF;
  INSERT INTO posting (entry_id, account_id, seq, asset, amount, balance_after, hash)
  SELECT u.entry, u.account, u.seq, a.asset, u.amount, u.balance, u.hash
  FROM unnest(entries, accounts, seqs, amounts, balances, hashes) u (entry, account, seq, amount, balance, hash)
    JOIN (SELECT id, asset FROM account WHERE id = ANY (wallets)) a ON a.id = u.account;
  UPDATE account a SET balance = l.balance, next_seq = l.seq + 1, head = l.hash
  FROM (SELECT u.*, lead(u.account) OVER (ORDER BY u.n) AS next FROM unnest(accounts, seqs, balances, hashes) WITH ORDINALITY u (account, seq, balance, hash, n)) l
  WHERE a.id = l.account AND l.next IS DISTINCT FROM l.account;
END $$;

-- Brings streams to what they are now. With `p_collect` what collect_stream() does to each, otherwise what sweep_stream() does to
-- one without a rule: a deposit that is spent exhausts, a grace that is over ends, what is closing and holds nothing settles.
-- The caller holds the streams' locks.
CREATE FUNCTION settle_locked(p_ids text[], p_collect boolean) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  now_ms bigint := clock_ms(); moves movement[]; report jsonb;
  scopes text[]; shards int[]; earned numeric[]; ended bigint[];
BEGIN
  WITH life AS MATERIALIZED (
    -- `OFFSET 0`: what a layer works out is worked out once.
    SELECT *, CASE WHEN settles THEN funded - billed - delta ELSE 0 END AS refund, delta > 0 AND NOT ends AND NOT settles AS collected
    FROM (
      SELECT *, (ends OR (status = 'closing' AND NOT p_collect)) AND held = 0 AS settles,
        CASE WHEN p_collect OR ends OR (status = 'closing' AND held = 0) THEN greatest(least(accrued, available) + used - billed, 0) ELSE 0 END AS delta
      FROM (
        SELECT *, (status = 'exhausted' OR dry) AND at_ms >= grace_end AS ends
        FROM (
          SELECT s.id, s.sender, s.receiver, s.provider_id, s.asset, s.status, s.funded, s.billed, s.used, s.held, s.depletes_ms, s.due_ms,
            s.auto_trigger_ms, s.next_event, s.next_segment, s.next_bill, d.at_ms, d.dry, stream_available(s) AS available,
            CASE WHEN d.dry THEN stream_available(s) ELSE stream_accrued(s, d.at_ms) END AS accrued,
            CASE WHEN d.dry THEN s.depletes_ms + s.grace_ms ELSE s.grace_until_ms END AS grace_end
          FROM stream s, LATERAL (SELECT greatest(s.last_ms, now_ms) AS at_ms, s.status = 'active' AND greatest(s.last_ms, now_ms) >= s.depletes_ms AS dry) d
          WHERE s.id = ANY (p_ids) AND s.status NOT IN ('settled', 'failed') OFFSET 0) aged) graced OFFSET 0) ending
    WHERE p_collect OR dry OR ends OR settles),
  segments AS (
    UPDATE stream_segment g SET end_ms = l.depletes_ms, end_cause = 'exhaust', end_num = l.available, end_den = 1
    FROM life l WHERE l.dry AND g.stream_id = l.id AND g.seq = l.next_segment - 1),
  told AS (
    INSERT INTO stream_event (stream_id, seq, kind, at_ms, data)
    SELECT id, next_event, 'exhausted', depletes_ms, jsonb_build_object('paid', (funded - held)::text, 'graceUntilMs', grace_end::text) FROM life WHERE dry
    UNION ALL SELECT id, next_event + dry::int, 'closed', grace_end, jsonb_build_object('cause', 'grace-ended', 'held', held::text) FROM life WHERE ends
    UNION ALL SELECT id, next_event + dry::int + ends::int, 'settled', at_ms, jsonb_build_object('paid', (billed + delta)::text, 'refund', refund::text)
      FROM life WHERE settles
    UNION ALL SELECT id, next_event + dry::int, 'collected', at_ms, jsonb_build_object('amount', delta::text, 'billed', (billed + delta)::text)
      FROM life WHERE collected),
  saved AS (
    UPDATE stream s SET
      status = CASE WHEN l.settles THEN 'settled' WHEN l.ends THEN 'closing' WHEN l.dry THEN 'exhausted' ELSE l.status END,
      billed = l.billed + l.delta, refunded = s.refunded + l.refund, last_ms = l.at_ms,
      carried_num = CASE WHEN l.dry THEN l.available ELSE s.carried_num END, carried_den = CASE WHEN l.dry THEN 1 ELSE s.carried_den END,
      segment_started_ms = CASE WHEN l.dry THEN NULL ELSE s.segment_started_ms END,
      depletes_ms = CASE WHEN l.dry THEN NULL ELSE l.depletes_ms END,
      grace_until_ms = CASE WHEN l.ends THEN NULL ELSE l.grace_end END,
      closed_ms = CASE WHEN l.ends THEN l.grace_end ELSE s.closed_ms END,
      close_cause = CASE WHEN l.ends THEN 'grace-ended' ELSE s.close_cause END,
      generation = s.generation + l.ends::int,
      -- As stream_save() has it; a stream with a rule is for the next sweep.
      due_ms = CASE WHEN l.settles OR l.ends THEN NULL
        WHEN l.auto_trigger_ms IS NULL THEN CASE WHEN l.dry THEN l.grace_end ELSE l.due_ms END
        WHEN l.dry OR l.status = 'exhausted' THEN least(l.grace_end, l.at_ms)
        WHEN l.status = 'active' THEN least(l.depletes_ms, greatest(l.depletes_ms - l.auto_trigger_ms, 0)) ELSE l.due_ms END,
      next_event = l.next_event + l.dry::int + l.ends::int + (l.settles OR l.collected)::int,
      next_bill = l.next_bill + (l.delta > 0)::int
    FROM life l WHERE s.id = l.id),
  totals AS (
    SELECT scope, hashtext(id) & 7 AS shard, sum(delta) AS earned, count(*) FILTER (WHERE settles) AS ended
    FROM life, unnest(ARRAY['market', 'provider:' || provider_id]) scope WHERE delta > 0 OR settles GROUP BY 1, 2)
  SELECT
    (SELECT array_agg(m.move ORDER BY m.id, m.step) FROM (
      SELECT id, 0 AS step, ('bill:' || id || ':' || next_bill, CASE WHEN collected THEN 'collect' ELSE 'settle' END, id, receiver, at_ms,
                             'escrow:' || id, 'wallet:' || receiver, asset, delta)::movement AS move FROM life WHERE delta > 0
      UNION ALL
      SELECT id, 1, ('refund:' || id, 'refund', id, sender, at_ms, 'escrow:' || id, 'wallet:' || sender, asset, refund)::movement FROM life WHERE refund > 0) m),
    (SELECT jsonb_build_object('streams', count(*) FILTER (WHERE dry OR ends OR settles OR delta > 0), 'changed', count(*) FILTER (WHERE dry OR ends OR settles), 'collected', coalesce(sum(delta), 0)::text) FROM life),
    t.* INTO moves, report, scopes, shards, earned, ended
  FROM (SELECT array_agg(u.scope), array_agg(u.shard), array_agg(u.earned), array_agg(u.ended) FROM totals u) t;

  PERFORM post_entries(moves);
  INSERT INTO counter AS c (scope, shard, earned, streams_active)
  SELECT u.scope, u.shard, u.earned, -u.ended FROM unnest(scopes, shards, earned, ended) u (scope, shard, earned, ended) ORDER BY 1, 2
  ON CONFLICT (scope, shard) DO UPDATE SET earned = c.earned + excluded.earned, streams_active = c.streams_active + excluded.streams_active;
  RETURN report;
END $$;

-- settle_locked() for all, or, when the books of one do not let it, for each alone: that one is left as it was, and named. What is
-- no fault of a stream (a deadlock, a full disk) ends the call: the caller tries again.
CREATE FUNCTION settle_each(p_ids text[], p_collect boolean) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE one text; step jsonb; streams bigint := 0; changed bigint := 0; collected numeric := 0; failed text[] := '{}';
BEGIN
  BEGIN
    RETURN settle_locked(p_ids, p_collect) || '{"failed": []}';
  EXCEPTION WHEN integrity_constraint_violation OR data_exception OR plpgsql_error THEN NULL;
  END;
  FOREACH one IN ARRAY p_ids LOOP
    BEGIN
      step := settle_locked(ARRAY[one], p_collect);
      streams := streams + (step->>'streams')::bigint;
      changed := changed + (step->>'changed')::bigint;
      collected := collected + (step->>'collected')::numeric;
    EXCEPTION WHEN integrity_constraint_violation OR data_exception OR plpgsql_error THEN
      failed := array_append(failed, one || ': ' || SQLERRM);
    END;
  END LOOP;
  RETURN jsonb_build_object('streams', streams, 'changed', changed, 'collected', collected::text, 'failed', to_jsonb(failed));
END $$;

-- What time has ended, many streams a call: those without a rule of automatic top-ups, the longest due first. Sweeps at once
-- take different ones. The clock is read in a query of its own: a volatile function is no bound that an index can stop at.
-- p: limit
CREATE FUNCTION sweep_batch(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE ids text[];
BEGIN
  SELECT array_agg(d.id) INTO ids FROM (
    SELECT id FROM stream WHERE due_ms <= (SELECT clock_ms()) AND auto_trigger_ms IS NULL ORDER BY due_ms LIMIT (p->>'limit')::int FOR UPDATE SKIP LOCKED) d;
  RETURN settle_each(coalesce(ids, '{}'), false) || jsonb_build_object('looked', coalesce(cardinality(ids), 0));
END $$;

-- Streams whose rule of automatic top-ups a sweep should look at now, one by one.
CREATE FUNCTION due_rules(p_limit int) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT id FROM stream WHERE due_ms <= (SELECT clock_ms()) AND auto_trigger_ms IS NOT NULL ORDER BY due_ms LIMIT p_limit
$$;

-- Pays a receiver what has accrued in its streams, a batch a call. p: actor, limit, after|null (where the call before ended).
-- `after` in the answer is null when that was all.
CREATE FUNCTION collect_streams(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE ids text[];
BEGIN
  ids := ARRAY(SELECT id FROM stream WHERE receiver = p->>'actor' AND status NOT IN ('settled', 'failed') AND id > coalesce(p->>'after', '')
               ORDER BY id LIMIT (p->>'limit')::int);
  PERFORM 1 FROM stream WHERE id = ANY (ids) ORDER BY id FOR UPDATE;
  RETURN settle_each(ids, true) || jsonb_build_object('after', CASE WHEN cardinality(ids) = (p->>'limit')::int THEN ids[cardinality(ids)] END);
END $$;

-- Pays all receivers, a batch of one part a call: of those that are longest due and that nobody else has, the one that is least
-- far. So all parts advance together over the same pages, which stay in memory. Null when none is due.
-- p: limit, intervalMs: a part that was gone through is due again at the next multiple of it, all together
CREATE FUNCTION settle_streams(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE mine settle_part; ids text[]; whole boolean;
BEGIN
  SELECT * INTO mine FROM settle_part WHERE due_ms <= clock_ms() ORDER BY due_ms, coalesce(after, ''), part LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF mine.part IS NULL THEN RETURN NULL; END IF;
  ids := ARRAY(SELECT id FROM stream WHERE settle_part_of(receiver, id) = mine.part AND status NOT IN ('settled', 'failed') AND id > coalesce(mine.after, '')
               ORDER BY id LIMIT (p->>'limit')::int);
  PERFORM 1 FROM stream WHERE id = ANY (ids) ORDER BY id FOR UPDATE;
  whole := cardinality(ids) < (p->>'limit')::int;
  UPDATE settle_part SET after = CASE WHEN NOT whole THEN ids[cardinality(ids)] END,
    due_ms = CASE WHEN whole THEN (clock_ms() / (p->>'intervalMs')::bigint + 1) * (p->>'intervalMs')::bigint ELSE due_ms END
  WHERE part = mine.part;
  RETURN settle_each(ids, true);
END $$;
