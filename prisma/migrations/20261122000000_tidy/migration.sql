-- In place of it: sweep_batch() and due_rules().
DROP FUNCTION due_streams(int);

-- As before, but the clock is read in a query of its own: a volatile function is no bound that an index can stop at, so that
-- each pass walked over every refused call there was.
CREATE OR REPLACE FUNCTION forget_denied(p_limit int, p_keep_ms bigint) RETURNS bigint LANGUAGE sql AS $$
  WITH gone AS (
    DELETE FROM request WHERE id IN (
      SELECT id FROM request WHERE seq IS NULL AND at_ms < (SELECT clock_ms()) - p_keep_ms ORDER BY at_ms LIMIT p_limit FOR UPDATE SKIP LOCKED)
    RETURNING stream_id),
  tallied AS (
    INSERT INTO denied_tally AS t (stream_id, calls)
    SELECT stream_id, count(*) FROM gone WHERE stream_id IS NOT NULL GROUP BY 1 ORDER BY 1
    ON CONFLICT (stream_id) DO UPDATE SET calls = t.calls + excluded.calls)
  SELECT count(*) FROM gone
$$;
