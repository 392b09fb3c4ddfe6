-- How many providers there are, kept beside the other totals of the market, so that its summary counts nothing.
ALTER TABLE counter
  ADD COLUMN providers bigint NOT NULL DEFAULT 0,
  ADD COLUMN providers_active bigint NOT NULL DEFAULT 0;

-- Registrations are rare: one shard is enough for them.
CREATE FUNCTION count_provider() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  total int := (TG_OP = 'INSERT')::int - (TG_OP = 'DELETE')::int;
  live int := CASE WHEN TG_OP <> 'DELETE' THEN NEW.active::int ELSE 0 END
            - CASE WHEN TG_OP <> 'INSERT' THEN OLD.active::int ELSE 0 END;
BEGIN
  IF total = 0 AND live = 0 THEN RETURN NULL; END IF;
  INSERT INTO counter AS c (scope, shard, providers, providers_active) VALUES ('market', 0, total, live)
  ON CONFLICT (scope, shard) DO UPDATE SET
    providers = c.providers + excluded.providers, providers_active = c.providers_active + excluded.providers_active;
  RETURN NULL;
END $$;

CREATE TRIGGER provider_counted AFTER INSERT OR DELETE OR UPDATE OF active ON provider
  FOR EACH ROW EXECUTE FUNCTION count_provider();

-- Those that are here already.
INSERT INTO counter AS c (scope, shard, providers, providers_active)
SELECT 'market', 0, count(*), count(*) FILTER (WHERE active) FROM provider HAVING count(*) > 0
ON CONFLICT (scope, shard) DO UPDATE SET providers = excluded.providers, providers_active = excluded.providers_active;
