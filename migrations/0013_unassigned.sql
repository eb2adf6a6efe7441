-- Lists of what belongs to nobody: IS NULL tells the planner nothing about the order within an index, so these records
-- have one of their own.

CREATE INDEX leads_of_nobody ON leads (tenant_id, status, type, create_time, id) WHERE salesperson_id IS NULL;
