-- Refused paid calls are logged, and a payer may be refused as often as they like: their rows are kept for some days only.

-- Only refused calls have no number in their stream. Not by `state`: a call changes it when it ends, and an index that looks at
-- it would make every end of a call write the index again.
CREATE INDEX request_denied ON request (at_ms) WHERE seq IS NULL;

-- How many refused calls of a stream are no longer logged: with those that are, they are `stream.denied` (I13).
CREATE TABLE "denied_tally" (
    "stream_id" TEXT NOT NULL,
    "calls" BIGINT NOT NULL,

    CONSTRAINT "denied_tally_pkey" PRIMARY KEY ("stream_id")
);

-- Forgets refused calls that are older than `p_keep_ms`, the oldest first. Returns how many. Sweeps at once take different ones;
-- tallies are written in the order of their streams, so that none waits for another in a circle.
CREATE FUNCTION forget_denied(p_limit int, p_keep_ms bigint) RETURNS bigint LANGUAGE sql AS $$
  WITH gone AS (
    DELETE FROM request WHERE id IN (
      SELECT id FROM request WHERE seq IS NULL AND at_ms < clock_ms() - p_keep_ms ORDER BY at_ms LIMIT p_limit FOR UPDATE SKIP LOCKED)
    RETURNING stream_id),
  tallied AS (
    INSERT INTO denied_tally AS t (stream_id, calls)
    SELECT stream_id, count(*) FROM gone WHERE stream_id IS NOT NULL GROUP BY 1 ORDER BY 1
    ON CONFLICT (stream_id) DO UPDATE SET calls = t.calls + excluded.calls)
  SELECT count(*) FROM gone
$$;
