-- Who may do what. Row-level security guards every table of a tenant.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'settings', 'salespeople', 'teams', 'team_members', 'stages', 'customers', 'leads', 'match_keys',
        'customer_keys', 'timeline_entries', 'conversions', 'before_images', 'requests', 'imports', 'import_rejects',
        'events', 'outbox']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        -- Statements name their tenant too. CASE keeps the planner from taking the policy for a second condition on an
        -- index: it would count the tenant's share twice, think the tenant small, and read all of it.
        EXECUTE format(
            'CREATE POLICY of_tenant ON %I TO opportune_app
                USING (CASE WHEN tenant_id = (SELECT opportune_tenant()) THEN true ELSE false END)', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO opportune_app', name);
    END LOOP;
END
$$;

-- Events are append-only.
REVOKE UPDATE, DELETE ON events FROM opportune_app;

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON tenants TO opportune_app USING (id = (SELECT opportune_tenant()));
GRANT SELECT, INSERT, UPDATE ON tenants TO opportune_app;

-- The relay and the sweeper: outbox, events, and of conversions no more than what a nudge needs.
CREATE POLICY all_tenants ON outbox TO opportune_relay USING (true) WITH CHECK (true);
CREATE POLICY all_tenants ON events FOR SELECT TO opportune_relay USING (true);
CREATE POLICY all_tenants ON conversions TO opportune_relay USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO opportune_relay;
GRANT SELECT ON events TO opportune_relay;
GRANT SELECT (tenant_id, id, batch_id, state, sent_time, sent_count, create_time, traceparent),
      UPDATE (sent_time, sent_count) ON conversions TO opportune_relay;

REVOKE ALL ON FUNCTION opportune_make_event_partitions(integer), opportune_drop_event_partitions(timestamptz),
    opportune_delete_requests(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION opportune_make_event_partitions(integer), opportune_drop_event_partitions(timestamptz),
    opportune_delete_requests(timestamptz) TO opportune_relay;

-- Whoever migrates may also act as both roles, so that one login serves a small installation.
DO $$
BEGIN
    EXECUTE format('GRANT opportune_app, opportune_relay TO %I', current_user);
EXCEPTION
    -- A superuser needs no membership; another database may be granting it at the same moment.
    WHEN duplicate_object OR unique_violation OR internal_error THEN NULL;
END
$$;
