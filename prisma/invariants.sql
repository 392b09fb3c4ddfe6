-- The books, checked: returns no row when healthy, else (id, subject, detail). The ids are explained in lib/ledger/README.md.
-- Conservation (I1, I2) does not see a double charge: I6, I7, I8 and I15 look at each operation.

-- I1  Every entry balances, per asset, over exactly its two sides.
SELECT 'I1' AS id, 'entry ' || entry_id AS subject, 'sum ' || sum(amount) || ' over ' || count(*) || ' postings' AS detail
FROM posting GROUP BY entry_id, asset HAVING sum(amount) <> 0 OR count(*) <> 2

UNION ALL -- I2  A balance is the sum of its postings.
SELECT 'I2', a.id, 'balance ' || a.balance || ', postings ' || coalesce(p.total, 0)
FROM account a LEFT JOIN (SELECT account_id, sum(amount) AS total FROM posting GROUP BY 1) p ON p.account_id = a.id
WHERE a.kind <> 'external' AND a.balance <> coalesce(p.total, 0)

UNION ALL -- I3  Nobody is in debt.
SELECT 'I3', id, 'balance ' || balance FROM account WHERE balance < 0

UNION ALL -- I4  What a stream holds is the sum of its open holds.
SELECT 'I4', s.id, 'held ' || s.held || ', open holds ' || coalesce(h.total, 0)
FROM stream s LEFT JOIN (SELECT stream_id, sum(amount) AS total FROM hold WHERE state = 'open' GROUP BY 1) h ON h.stream_id = s.id
WHERE s.held <> coalesce(h.total, 0)

UNION ALL -- I5  Each account's chain: sequence without gaps, each hash over the one before, the head is the last.
SELECT 'I5', account_id, 'posting ' || seq || ' breaks the chain' FROM (
  SELECT p.account_id, p.seq, p.hash,
    posting_hash(lag(p.hash) OVER chain,
      entry_hash(e.key, e.kind, e.stream_id, e.actor, e.at_ms, e.memo, f.account_id, t.account_id, p.asset, t.amount),
      p.account_id, p.seq, p.amount, p.balance_after) AS expected,
    row_number() OVER chain - 1 AS n, sum(p.amount) OVER chain AS running, p.balance_after
  FROM posting p JOIN journal_entry e ON e.id = p.entry_id
    JOIN posting f ON f.entry_id = e.id AND f.amount < 0 JOIN posting t ON t.entry_id = e.id AND t.amount > 0
  WHERE p.seq IS NOT NULL WINDOW chain AS (PARTITION BY p.account_id ORDER BY p.seq)) c
WHERE c.hash <> c.expected OR c.n <> c.seq OR c.running <> c.balance_after
UNION ALL
SELECT 'I5', a.id, 'head is not the last posting'
FROM account a LEFT JOIN posting p ON p.account_id = a.id AND p.seq = a.next_seq - 1
WHERE a.kind <> 'external' AND a.head IS DISTINCT FROM p.hash
UNION ALL
SELECT 'I5', 'entry ' || e.id, 'no longer hashes to what was written' FROM journal_entry e
  LEFT JOIN posting f ON f.entry_id = e.id AND f.amount < 0 LEFT JOIN posting t ON t.entry_id = e.id AND t.amount > 0
WHERE e.hash IS DISTINCT FROM entry_hash(e.key, e.kind, e.stream_id, e.actor, e.at_ms, e.memo, f.account_id, t.account_id, t.asset, t.amount)

UNION ALL -- I6  Entries of a stream come in their kind's number: one deposit, at most one refund, top-ups and bills as counted.
SELECT 'I6', s.id, k.kind || ': ' || k.n || ' entries, ' || k.expected || ' expected'
FROM stream s CROSS JOIN LATERAL (
  SELECT 'deposit' AS kind, count(*) FILTER (WHERE e.kind = 'deposit') AS n, 1 AS expected FROM journal_entry e WHERE e.stream_id = s.id
  UNION ALL SELECT 'top-up', count(*) FILTER (WHERE e.kind IN ('top-up', 'auto-top-up')), s.next_top_up FROM journal_entry e WHERE e.stream_id = s.id
  UNION ALL SELECT 'bill', count(*) FILTER (WHERE e.kind IN ('collect', 'settle')), s.next_bill FROM journal_entry e WHERE e.stream_id = s.id
  UNION ALL SELECT 'refund', count(*) FILTER (WHERE e.kind = 'refund'), (s.refunded > 0)::int FROM journal_entry e WHERE e.stream_id = s.id) k
WHERE k.n <> k.expected AND s.rail <> 'superfluid' -- whose money is in no escrow: I23
UNION ALL -- An operation key moved its actor's money once.
SELECT 'I6', coalesce(stream_id, actor), 'operation ' || (memo->>'operation') || ' again, as entry ' || id
FROM (SELECT x.*, row_number() OVER (PARTITION BY actor, memo->>'operation' ORDER BY id) AS n FROM journal_entry x WHERE memo ? 'operation') e
WHERE n > 1

UNION ALL -- I7  What a stream was billed is the sum of the charges that left its escrow for the receiver.
SELECT 'I7', s.id, 'billed ' || s.billed || ', charged ' || coalesce(c.total, 0)
FROM stream s LEFT JOIN (
  SELECT e.stream_id, sum(p.amount) AS total FROM journal_entry e JOIN posting p ON p.entry_id = e.id AND p.amount > 0
  WHERE e.kind IN ('collect', 'settle') GROUP BY 1) c ON c.stream_id = s.id
WHERE s.billed <> coalesce(c.total, 0) AND s.rail <> 'superfluid'

UNION ALL -- I8  Accrual telescopes over the segments, to the unit. An exhausted segment ends within the millisecond it ran dry in.
SELECT 'I8', g.stream_id || ' segment ' || g.seq, 'accrued ' || div(g.end_num, g.end_den) || ' at its end'
FROM (SELECT x.*, coalesce(lag(end_num) OVER w, 0) AS b_num, coalesce(lag(end_den) OVER w, 1) AS b_den, lag(end_ms) OVER w AS b_end
      FROM stream_segment x WINDOW w AS (PARTITION BY stream_id ORDER BY seq)) g
WHERE g.start_ms < coalesce(g.b_end, g.start_ms) OR (g.end_ms IS NOT NULL AND (g.end_ms < g.start_ms OR CASE
  WHEN g.end_cause = 'exhaust' THEN
    g.end_num * g.b_den * g.rate_period_ms >= (g.b_num * g.rate_period_ms + g.rate_amount * (g.end_ms - g.start_ms) * g.b_den) * g.end_den
    OR g.end_num * g.b_den * g.rate_period_ms < (g.b_num * g.rate_period_ms + g.rate_amount * (g.end_ms - g.start_ms - 1) * g.b_den) * g.end_den
  ELSE g.end_num * g.b_den * g.rate_period_ms <> (g.b_num * g.rate_period_ms + g.rate_amount * (g.end_ms - g.start_ms) * g.b_den) * g.end_den END))
UNION ALL -- What a stream carries is what its last ended segment came to; the running one is at its price, from its start.
SELECT 'I8', s.id, 'carries what its segments do not'
FROM stream s LEFT JOIN stream_segment g ON g.stream_id = s.id AND g.seq = s.next_segment - 1
  LEFT JOIN stream_segment b ON b.stream_id = s.id AND b.seq = s.next_segment - 2
WHERE CASE WHEN s.status = 'active'
    THEN (g.start_ms, g.end_ms, g.rate_amount, g.rate_period_ms, coalesce(b.end_num, 0), coalesce(b.end_den, 1))
      IS DISTINCT FROM (s.segment_started_ms, NULL::bigint, s.rate_amount, s.rate_period_ms, s.carried_num, s.carried_den)
    ELSE (g.end_num, g.end_den) IS DISTINCT FROM (s.carried_num, s.carried_den) END
UNION ALL
SELECT 'I8', s.id, 'segments: ' || count(g.seq) || ' of ' || s.next_segment
FROM stream s LEFT JOIN stream_segment g ON g.stream_id = s.id GROUP BY s.id HAVING count(g.seq) <> s.next_segment OR max(g.seq) <> s.next_segment - 1
UNION ALL
SELECT 'I8', s.id, 'settled for ' || s.billed || ', accrued and used ' || div(s.carried_num, s.carried_den) + s.used
FROM stream s WHERE s.status = 'settled' AND s.billed <> div(s.carried_num, s.carried_den) + s.used

UNION ALL -- I9  Time runs forward: no event before the one before it.
SELECT 'I9', stream_id || ' event ' || seq, 'at ' || at_ms || ', after ' || earlier
FROM (SELECT stream_id, seq, at_ms, lag(at_ms) OVER (PARTITION BY stream_id ORDER BY seq) AS earlier FROM stream_event) e WHERE at_ms < earlier
UNION ALL
SELECT 'I9', s.id, 'events: ' || count(e.seq) || ' of ' || s.next_event
FROM stream s LEFT JOIN stream_event e ON e.stream_id = s.id GROUP BY s.id HAVING count(e.seq) <> s.next_event OR max(e.seq) <> s.next_event - 1

UNION ALL -- I10  Nothing is accrued or charged beyond the money.
SELECT 'I10', id, 'accrued ' || div(carried_num, carried_den) || ' + used ' || used || ' + held ' || held || ' of ' || funded
FROM stream WHERE div(carried_num, carried_den) + used + held > funded OR billed > div(carried_num, carried_den) + used + CASE WHEN status = 'active'
  THEN div(rate_amount * greatest(0, last_ms - segment_started_ms), rate_period_ms) + 1 ELSE 0 END

UNION ALL -- I12  No hour of a stream has more authorised calls than the largest limit of its tiers then.
SELECT 'I12', r.stream_id, 'call ' || r.seq || ' within an hour of call ' || r.seq - s.max_requests_per_hour
FROM request r JOIN stream s ON s.id = r.stream_id
  JOIN request b ON b.stream_id = r.stream_id AND b.seq = r.seq - s.max_requests_per_hour
WHERE r.at_ms - b.at_ms < 3600000
  AND NOT EXISTS (SELECT 1 FROM stream_event e WHERE e.stream_id = s.id AND e.kind = 'tier-changed')

UNION ALL -- I13  A hold is resolved as its call was; what was used is the sum of the posted ones.
SELECT 'I13', h.id, 'hold ' || h.state || ', call ' || coalesce(r.state, 'unknown')
FROM hold h LEFT JOIN request r ON r.id = h.id
WHERE r.id IS NULL OR r.price <> h.amount OR h.state <> CASE r.state WHEN 'open' THEN 'open' WHEN 'served' THEN 'posted' ELSE 'voided' END
UNION ALL
SELECT 'I13', s.id, 'used ' || s.used || ', posted holds ' || coalesce(h.total, 0)
FROM stream s LEFT JOIN (SELECT stream_id, sum(amount) AS total FROM hold WHERE state = 'posted' GROUP BY 1) h ON h.stream_id = s.id
WHERE s.used <> coalesce(h.total, 0)
UNION ALL
SELECT 'I13', r.id, 'a priced call without its hold' FROM request r
WHERE r.price > 0 AND r.state <> 'denied' AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.id = r.id)

UNION ALL
SELECT 'I13', s.id, 'authorised ' || s.next_seq - 1 || ', served ' || s.served || ', denied ' || s.denied || '; logged '
  || coalesce(r.authorised, 0) || ', ' || coalesce(r.served, 0) || ', ' || coalesce(r.denied, 0) + coalesce(f.calls, 0)
FROM stream s LEFT JOIN denied_tally f ON f.stream_id = s.id LEFT JOIN (
  SELECT stream_id, count(seq) AS authorised, count(*) FILTER (WHERE state IN ('open', 'served')) AS served, count(*) FILTER (WHERE state = 'denied') AS denied
  FROM request GROUP BY 1) r ON r.stream_id = s.id
WHERE (s.next_seq - 1, s.served, s.denied) IS DISTINCT FROM (coalesce(r.authorised, 0), coalesce(r.served, 0), coalesce(r.denied, 0) + coalesce(f.calls, 0))

UNION ALL -- I14  A settled stream has left nothing behind.
SELECT 'I14', s.id, 'settled with ' || a.balance || ' in escrow'
FROM stream s JOIN account a ON a.id = 'escrow:' || s.id WHERE s.status = 'settled' AND a.balance <> 0

UNION ALL -- I15  Per stream: refunds + payouts + what is in escrow = deposits, in the journal and in the stream's own columns.
SELECT 'I15', s.id, 'funded ' || s.funded || ' (journal ' || coalesce(j.deposited, 0) || '), billed ' || s.billed || ', refunded ' || s.refunded || ' (journal '
  || coalesce(j.refunded, 0) || '), escrow ' || a.balance
FROM stream s JOIN account a ON a.id = 'escrow:' || s.id LEFT JOIN (
  SELECT e.stream_id, sum(p.amount) FILTER (WHERE e.kind IN ('deposit', 'top-up', 'auto-top-up')) AS deposited,
    sum(p.amount) FILTER (WHERE e.kind = 'refund') AS refunded
  FROM journal_entry e JOIN posting p ON p.entry_id = e.id AND p.amount > 0 GROUP BY 1) j ON j.stream_id = s.id
WHERE s.funded <> s.billed + s.refunded + a.balance OR s.funded <> coalesce(j.deposited, 0) OR s.refunded <> coalesce(j.refunded, 0)

UNION ALL -- I17  A proof was used for one call, by the payer of that call.
SELECT 'I17', c.kind || ' ' || c.id, 'claimed by ' || c.payer || ' for a call of ' || r.payer
FROM proof_claim c JOIN request r ON r.id = c.request_id WHERE r.payer <> c.payer

UNION ALL -- I18  A receipt belongs to a served call, and a served call of ours has one.
SELECT 'I18', a.request_id, 'receipt on a call that was ' || coalesce(r.state, 'never made')
FROM request_answer a LEFT JOIN request r ON r.id = a.request_id WHERE a.receipt IS NOT NULL AND r.state IS DISTINCT FROM 'served'

UNION ALL -- I19  No paid call stays open long past its deadline: a sweep voids it.
SELECT 'I19', id, 'open since ' || at_ms FROM request WHERE state = 'open' AND deadline_ms < clock_ms() - 300000

UNION ALL -- I22  Streams on a chain are what the chain says, and the contract holds what is owed to them.
SELECT 'I22', stream_id, 'at block ' || block_number || ': ' || faults::text FROM chain_check WHERE faults <> '[]'
UNION ALL
SELECT 'I22', asset, 'the contract holds ' || held || ' of ' || owed || ' at block ' || block_number FROM chain_asset_check WHERE held < owed

UNION ALL -- I27  What backs credit is what payments on the chain brought less what was withdrawn, row by row as in the journal.
SELECT 'I27', coalesce(b.asset, r.asset), 'charged ' || coalesce(b.charged, 0) || ' of ' || coalesce(r.charged, 0)
  || ', withdrawn ' || coalesce(b.withdrawn, 0) || ' of ' || coalesce(r.withdrawn, 0)
FROM chain_backing b FULL JOIN (SELECT asset, sum(charged) AS charged, sum(withdrawn) AS withdrawn FROM (
    SELECT asset, amount AS charged, 0 AS withdrawn FROM chain_charge WHERE credited_ms IS NOT NULL
    UNION ALL SELECT asset, 0, amount FROM chain_withdrawal WHERE state <> 'returned') x GROUP BY 1) r ON r.asset = b.asset
WHERE (b.charged, b.withdrawn) IS DISTINCT FROM (r.charged, r.withdrawn) OR b.withdrawn > b.charged
UNION ALL
SELECT 'I27', coalesce(m.key, j.key), 'moved ' || coalesce(j.amount, 0) || ' of ' || coalesce(m.amount, 0) || ' between ' || coalesce(j.wallet, 'nobody') || ' and the chain'
FROM (SELECT c.intent_key AS key, 'wallet:' || c.payer AS wallet, c.asset, c.amount * a.worth AS amount FROM chain_charge c JOIN asset a ON a.id = c.asset WHERE c.credited_ms IS NOT NULL
      UNION ALL SELECT w.intent_key, 'wallet:' || w.payee, w.asset, -w.amount * a.worth FROM chain_withdrawal w JOIN asset a ON a.id = w.asset
      UNION ALL SELECT w.intent_key || ':back', 'wallet:' || w.payee, w.asset, w.amount * a.worth FROM chain_withdrawal w JOIN asset a ON a.id = w.asset WHERE w.state = 'returned') m
  FULL JOIN (SELECT e.key, p.account_id AS wallet, e.memo->>'asset' AS asset, p.amount FROM journal_entry e JOIN posting p ON p.entry_id = e.id AND p.seq IS NOT NULL
             WHERE e.kind IN ('charge', 'withdrawal', 'withdrawal-returned')) j ON j.key = m.key
WHERE (m.wallet, m.asset, m.amount) IS DISTINCT FROM (j.wallet, j.asset, j.amount)
UNION ALL -- What the chain has paid was not given back too.
SELECT 'I27', w.id, 'returned, and its transaction is ' || i.state FROM chain_withdrawal w JOIN chain_intent i ON i.intent_key = w.intent_key
WHERE w.state = 'returned' AND i.state IN ('confirmed', 'final')

UNION ALL -- I28  The server's account holds, on the chain, what backs credit.
SELECT 'I28', asset, 'the account holds ' || held || ' of ' || owed || ' at block ' || block_number FROM chain_backing_check WHERE held < owed

UNION ALL -- I24  No sweep is late by more than five minutes.
SELECT 'I24', id, status || ', due since ' || due_ms FROM stream WHERE due_ms < clock_ms() - 300000
UNION ALL -- A withdrawal is paid or back within an hour of its end.
SELECT 'I24', id, 'on its way, and over since ' || valid_before_ms FROM chain_withdrawal WHERE state = 'on-its-way' AND valid_before_ms < clock_ms() - 3600000

UNION ALL -- Totals are what the streams say.
SELECT 'totals', c.scope, 'earned ' || c.earned || ' of ' || coalesce(t.earned, 0) || ', streams ' || c.total || ' of ' || coalesce(t.n, 0)
  || ', active ' || c.active || ' of ' || coalesce(t.open, 0) || ', requests ' || c.requests || ' of ' || coalesce(t.served, 0)
FROM (SELECT scope, sum(earned) AS earned, sum(streams_total) AS total, sum(streams_active) AS active, sum(requests) AS requests
      FROM counter GROUP BY 1) c
  LEFT JOIN (SELECT coalesce('provider:' || provider_id, 'market') AS scope, sum(billed * unit_worth) AS earned, count(*) AS n, sum(served) AS served,
               count(*) FILTER (WHERE status NOT IN ('settled', 'failed')) AS open
             FROM stream GROUP BY ROLLUP (provider_id)) t ON t.scope = c.scope
WHERE (c.earned, c.total, c.active, c.requests) IS DISTINCT FROM (coalesce(t.earned, 0), coalesce(t.n, 0), coalesce(t.open, 0), coalesce(t.served, 0))
