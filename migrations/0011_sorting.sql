-- Lists sorted by revenue or by priority: one status after another, in the order of an index.

-- Comparing numerics is not leakproof: under row-level security a page would be looked for from the first record on.
ALTER TABLE leads ADD COLUMN revenue_rank double precision
    GENERATED ALWAYS AS (revenue_amount::double precision) STORED;

CREATE INDEX leads_by_revenue ON leads (tenant_id, status, revenue_rank, id);
CREATE INDEX leads_by_priority ON leads (tenant_id, status, priority, id);
