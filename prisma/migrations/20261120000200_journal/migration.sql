-- The journal: double entry, append only, one hash chain an account.

-- An expected refusal: SQLSTATE SP001, the problem's code as message, its members as detail. Everything is rolled back.
CREATE FUNCTION refuse(code text, members jsonb DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'SP001', MESSAGE = code, DETAIL = members::text;
END $$;

CREATE FUNCTION ensure_account(p_id text, p_owner text, p_kind text, p_asset text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO account (id, owner, kind, asset) VALUES (p_id, p_owner, p_kind, p_asset) ON CONFLICT DO NOTHING
$$;

-- Accounts are always locked together and in this order.
CREATE FUNCTION lock_accounts(ids text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM account WHERE id = ANY (ids) AND kind <> 'external' ORDER BY id FOR UPDATE;
END $$;

-- What an entry says, as bytes: JSON so that no two entries read alike.
CREATE FUNCTION entry_hash(p_key text, p_kind text, p_stream text, p_actor text, p_at bigint, p_memo jsonb,
                           p_from text, p_to text, p_asset text, p_amount numeric) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(p_key, p_kind, p_stream, p_actor, p_at::text, p_memo,
                                             p_from, p_to, p_asset, p_amount::text)::text, 'UTF8'))
$$;

CREATE FUNCTION posting_hash(p_previous bytea, p_entry bytea, p_account text, p_seq bigint, p_amount numeric, p_balance numeric)
RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(coalesce(p_previous, ''::bytea) || p_entry
                || convert_to(jsonb_build_array(p_account, p_seq::text, p_amount::text, p_balance::text)::text, 'UTF8'))
$$;

-- One side of an entry. The account's row is locked by the caller (lock_accounts).
CREATE FUNCTION post_side(p_entry bigint, p_entry_hash bytea, p_account text, p_amount numeric) RETURNS void LANGUAGE plpgsql AS $$
DECLARE a account%ROWTYPE; next_hash bytea;
BEGIN
  SELECT * INTO STRICT a FROM account WHERE id = p_account;
  IF a.kind = 'external' THEN
    INSERT INTO posting (entry_id, account_id, asset, amount) VALUES (p_entry, p_account, a.asset, p_amount);
    RETURN;
  END IF;
  next_hash := posting_hash(a.head, p_entry_hash, p_account, a.next_seq, p_amount, a.balance + p_amount);
  UPDATE account SET balance = balance + p_amount, next_seq = next_seq + 1, head = next_hash WHERE id = p_account;
  INSERT INTO posting (entry_id, account_id, seq, asset, amount, balance_after, hash)
  VALUES (p_entry, p_account, a.next_seq, a.asset, p_amount, a.balance + p_amount, next_hash);
END $$;

-- Moves an amount between two accounts under a key that exists once. The caller holds both accounts' locks.
-- A second use of the key is a bug of ours and fails on the unique index.
CREATE FUNCTION post_entry(p_key text, p_kind text, p_stream text, p_actor text, p_at bigint, p_memo jsonb,
                           p_from text, p_to text, p_amount numeric) RETURNS void LANGUAGE plpgsql AS $$
DECLARE entry_id bigint; h bytea; from_asset text; to_asset text;
BEGIN
  IF p_amount = 0 THEN RETURN; END IF;
  IF p_amount < 0 OR p_amount <> trunc(p_amount) THEN RAISE EXCEPTION 'entry %: amount % is not a positive integer', p_key, p_amount; END IF;
  SELECT asset INTO STRICT from_asset FROM account WHERE id = p_from;
  SELECT asset INTO STRICT to_asset FROM account WHERE id = p_to;
  IF from_asset <> to_asset OR p_from = p_to THEN RAISE EXCEPTION 'entry %: % to % is no transfer', p_key, p_from, p_to; END IF;
  h := entry_hash(p_key, p_kind, p_stream, p_actor, p_at, p_memo, p_from, p_to, from_asset, p_amount);
  INSERT INTO journal_entry (key, kind, stream_id, actor, at_ms, memo, hash)
  VALUES (p_key, p_kind, p_stream, p_actor, p_at, p_memo, h) RETURNING id INTO entry_id;
  PERFORM post_side(entry_id, h, p_from, -p_amount);
  PERFORM post_side(entry_id, h, p_to, p_amount);
END $$;

-- Claims an operation key for its actor. Null: go on, and finish_operation() in the same transaction. Otherwise the
-- answer of the first call. A concurrent twin waits on the unique index until the first commits.
CREATE FUNCTION claim_operation(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE earlier idempotency%ROWTYPE;
BEGIN
  IF p->>'idempotencyKey' IS NULL THEN RETURN NULL; END IF;
  INSERT INTO idempotency (actor, key, request_hash, created_ms)
  VALUES (p->>'actor', p->>'idempotencyKey', p->>'requestHash', clock_ms()) ON CONFLICT DO NOTHING;
  IF FOUND THEN RETURN NULL; END IF;
  SELECT * INTO STRICT earlier FROM idempotency WHERE actor = p->>'actor' AND key = p->>'idempotencyKey';
  IF earlier.request_hash <> p->>'requestHash' THEN PERFORM refuse('idempotency-conflict'); END IF;
  RETURN earlier.response || '{"replayed": true}';
END $$;

CREATE FUNCTION finish_operation(p jsonb, response jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  UPDATE idempotency i SET response = finish_operation.response
  WHERE i.actor = p->>'actor' AND i.key = p->>'idempotencyKey';
  RETURN response;
END $$;

-- Totals. The shard follows the stream, so that concurrent streams seldom meet; scopes are locked in their order.
CREATE FUNCTION bump_counters(p_provider text, p_stream text, p_requests bigint, p_earned numeric, p_total bigint, p_active bigint)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO counter AS c (scope, shard, requests, earned, streams_total, streams_active)
  SELECT scope, hashtext(p_stream) & 7, p_requests, p_earned, p_total, p_active
  FROM (VALUES ('market'), ('provider:' || p_provider)) v (scope) ORDER BY scope
  ON CONFLICT (scope, shard) DO UPDATE SET
    requests = c.requests + excluded.requests, earned = c.earned + excluded.earned,
    streams_total = c.streams_total + excluded.streams_total, streams_active = c.streams_active + excluded.streams_active
$$;

-- Credits a wallet from outside: the devnet faucet now, deposits of a chain later.
-- p: actor, idempotencyKey, requestHash, amount, source ('faucet'), dailyMax
CREATE FUNCTION credit_wallet(p jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  answer jsonb := claim_operation(p);
  wallet text := 'wallet:' || (p->>'actor');
  outside text := 'external:' || (p->>'source');
  now_ms bigint; amount numeric := (p->>'amount')::numeric; today numeric;
BEGIN
  IF answer IS NOT NULL THEN RETURN answer; END IF;
  PERFORM ensure_account(outside, 'external', 'external', p->>'asset');
  PERFORM ensure_account(wallet, p->>'actor', 'wallet', p->>'asset');
  PERFORM lock_accounts(ARRAY[wallet]);
  now_ms := clock_ms();
  SELECT coalesce(sum(t.amount), 0) INTO today FROM posting t JOIN journal_entry e ON e.id = t.entry_id
  WHERE t.account_id = wallet AND e.kind = 'credit' AND e.at_ms >= now_ms - now_ms % 86400000;
  IF today + amount > (p->>'dailyMax')::numeric THEN
    PERFORM refuse('rate-limited', jsonb_build_object('dailyMaximum', p->>'dailyMax',
      'retryAfterSeconds', (86400000 - now_ms % 86400000 + 999) / 1000));
  END IF;
  PERFORM post_entry('credit:' || (p->>'actor') || ':' || coalesce(p->>'idempotencyKey', gen_random_uuid()::text),
                     'credit', NULL, p->>'actor', now_ms, jsonb_build_object('source', p->>'source'), outside, wallet, amount);
  RETURN finish_operation(p, jsonb_build_object('credited', p->>'amount'));
END $$;
