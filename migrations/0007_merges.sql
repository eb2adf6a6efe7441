-- Merges: an absorbed record keeps its external id as an alias of its survivor, who may have taken it over.

DROP INDEX leads_external_id;
CREATE UNIQUE INDEX leads_external_id ON leads (tenant_id, external_id) WHERE external_id <> '' AND status <> 'merged';
CREATE INDEX leads_alias ON leads (tenant_id, external_id) WHERE external_id <> '' AND status = 'merged';
