-- Statistics for tables that are still empty.
--
-- Every index begins with the tenant. Of a table that was never analyzed the planner believes that a tenant has a
-- two-hundredth of it, so it reads all rows of the tenant where it should look some up by their ids. It goes on to do so
-- until the first ANALYZE, which in a busy first minute is too late. So some rows are analyzed and taken away again: what
-- was learned from them stays until there is something better.

-- One tenant may have everything: the planner is to count with that.
ALTER TABLE leads ALTER COLUMN tenant_id SET (n_distinct = 1);
ALTER TABLE customers ALTER COLUMN tenant_id SET (n_distinct = 1);
ALTER TABLE conversions ALTER COLUMN tenant_id SET (n_distinct = 1);
ALTER TABLE match_keys ALTER COLUMN tenant_id SET (n_distinct = 1);
ALTER TABLE customer_keys ALTER COLUMN tenant_id SET (n_distinct = 1);

DO $$
BEGIN
    -- A database that is in use has real rows: they stay, and ANALYZE learns from them.
    IF EXISTS (SELECT FROM leads) OR EXISTS (SELECT FROM customers) OR EXISTS (SELECT FROM conversions) THEN
        RETURN;
    END IF;

    -- Each row is of a tenant of its own: nobody is remembered as having most.
    INSERT INTO customers (
        tenant_id, id, name, is_company, email, phone, job_title, website, language, street, street2, city, state,
        postal_code, country, description, tags, external_id, version, create_time, update_time)
    SELECT gen_random_uuid(), gen_random_uuid(), 'Name ' || n, n % 2 = 0, n || '@example.com', '', '', '', '', '', '', '',
        '', '', '', '', '{}', 'customer ' || n, 1, now() + n * interval '1 s', now() + n * interval '1 s'
    FROM generate_series(1, 300) AS n;

    UPDATE customers SET parent_id = id WHERE NOT is_company;

    INSERT INTO leads (
        tenant_id, id, type, status, title, contact_name, company_name, email, phone, job_title, website, language, street,
        street2, city, state, postal_code, country, description, tags, priority, source, medium, campaign, referred_by,
        revenue_currency, customer_id, lost_reason, custom_fields, external_id, merged_lead_ids, version, create_time,
        update_time)
    SELECT tenant_id, id, CASE WHEN is_company THEN 'lead' ELSE 'opportunity' END,
        CASE WHEN is_company THEN 'open' ELSE 'won' END, name, '', '', email, '', '', '', '', '', '', '', '', '', '', '',
        '{}', 0, '', '', '', '', '', id, '', '{}', external_id, '{}', 1, create_time, update_time
    FROM customers;

    INSERT INTO conversions (tenant_id, id, lead_id, state, command, attempt, traceparent, create_time, sent_time)
    SELECT tenant_id, gen_random_uuid(), id, CASE WHEN type = 'lead' THEN 'queued' ELSE 'succeeded' END, '{}', 0, '',
        create_time, create_time
    FROM leads;

    -- Keys that few records have, and some that many have.
    INSERT INTO match_keys (tenant_id, key, lead_id)
    SELECT tenant_id, n * 1000 + extract(epoch FROM create_time)::bigint % (n * n * 3), id
    FROM leads CROSS JOIN generate_series(1, 10) AS n;

    INSERT INTO customer_keys (tenant_id, key, customer_id)
    SELECT tenant_id, key, lead_id FROM match_keys;

    ANALYZE customers, leads, conversions, match_keys, customer_keys;

    TRUNCATE customers, leads, conversions, match_keys, customer_keys, timeline_entries;
END
$$;
