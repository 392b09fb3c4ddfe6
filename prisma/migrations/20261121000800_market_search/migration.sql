-- The market's orders and its capability filter, for thousands of providers: each page reads about as many rows as it shows.
CREATE INDEX provider_by_capability ON provider USING gin (capabilities) WHERE active;
CREATE INDEX provider_by_name ON provider (lower(name), id) WHERE active;
CREATE INDEX provider_by_age ON provider (created_at, id) WHERE active;
-- The price of lib/market/price-sql.ts: base units in 210 days.
CREATE INDEX provider_tier_by_price ON provider_tier (name, (rate_amount * (18144000000 / rate_period_ms)), provider_id);
