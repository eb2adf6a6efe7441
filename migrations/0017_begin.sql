-- How a unit of work begins: it sees one tenant, and is told the time and the version of the tenant's set-up. A function,
-- because its statements are planned once a connection; planned with each transaction they took longer than running.
--
-- Who writes shares a lock, before the set-up is read, so that writers can be waited for; both halves null = who only reads.
-- The statements of units of work are few, and each finds its rows by an index whatever its parameters are: a plan for the
-- parameters at hand would be no better, and making it takes longer than running it.
CREATE FUNCTION opportune_begin(tenant uuid, lock_high integer, lock_low integer, OUT now timestamptz, OUT version bigint)
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('opportune.tenant', tenant::text, true),
        set_config('plan_cache_mode', 'force_generic_plan', true);
    IF lock_high IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock_shared(lock_high, lock_low);
    END IF;
    now := pg_catalog.now();
    SELECT config_version INTO version FROM tenants WHERE id = tenant;
END
$$;
