-- How well providers answer: the last probe of each, and counts by the hour and by the day. Measurements, not money: rows
-- are overwritten, and what a process had not written when it died is lost.

-- CreateTable
CREATE TABLE "provider_health" (
    "provider_id" TEXT NOT NULL,
    "due_ms" BIGINT,
    "checked_ms" BIGINT,
    "latency_ms" INTEGER,
    "problem" TEXT,
    "http_status" INTEGER,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since_ms" BIGINT,
    "served_ms" BIGINT,
    "state" TEXT NOT NULL DEFAULT 'unknown',
    "reason" TEXT,

    CONSTRAINT "provider_health_pkey" PRIMARY KEY ("provider_id")
);

-- CreateTable
CREATE TABLE "provider_health_bucket" (
    "provider_id" TEXT NOT NULL,
    "span_ms" BIGINT NOT NULL,
    "start_ms" BIGINT NOT NULL,
    "probes" INTEGER NOT NULL DEFAULT 0,
    "probes_ok" INTEGER NOT NULL DEFAULT 0,
    "calls_served" BIGINT NOT NULL DEFAULT 0,
    "calls_failed" BIGINT NOT NULL DEFAULT 0,
    "probe_latency" INTEGER[],
    "call_latency" INTEGER[],

    CONSTRAINT "provider_health_bucket_pkey" PRIMARY KEY ("provider_id","span_ms","start_ms")
);

-- CreateIndex
CREATE INDEX "provider_health_due_ms_idx" ON "provider_health"("due_ms");

-- CreateIndex
CREATE INDEX "provider_health_bucket_span_ms_start_ms_idx" ON "provider_health_bucket"("span_ms", "start_ms");

-- AddForeignKey
ALTER TABLE "provider_health" ADD CONSTRAINT "provider_health_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "provider"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_health_bucket" ADD CONSTRAINT "provider_health_bucket_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "provider"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE provider_health
  ADD CONSTRAINT provider_health_state CHECK (state IN ('unknown', 'up', 'degraded', 'down'));
ALTER TABLE provider_health_bucket
  ADD CONSTRAINT provider_health_bucket_span CHECK (span_ms IN (3600000, 86400000) AND start_ms % span_ms = 0);

-- Two histograms of latency as one, bucket by bucket. The shorter one has zeros at its end.
CREATE FUNCTION add_histograms(a int[], b int[]) RETURNS int[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(coalesce(x, 0) + coalesce(y, 0) ORDER BY i), '{}')
  FROM unnest(coalesce(a, '{}'), coalesce(b, '{}')) WITH ORDINALITY AS both_of(x, y, i)
$$;

-- A provider is probed from its registration on, at once after it moved, and never while it is switched off.
CREATE FUNCTION watch_provider() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.active = OLD.active AND NEW.endpoint = OLD.endpoint THEN RETURN NULL; END IF;
  INSERT INTO provider_health (provider_id, due_ms) VALUES (NEW.id, CASE WHEN NEW.active THEN 0 END)
  ON CONFLICT (provider_id) DO UPDATE SET
    due_ms = excluded.due_ms, checked_ms = NULL, latency_ms = NULL, problem = NULL, http_status = NULL,
    failures = 0, failing_since_ms = NULL, state = 'unknown', reason = NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER provider_watched AFTER INSERT OR UPDATE OF active, endpoint ON provider
  FOR EACH ROW EXECUTE FUNCTION watch_provider();

-- Those that are here already.
INSERT INTO provider_health (provider_id, due_ms) SELECT id, CASE WHEN active THEN 0 END FROM provider;
