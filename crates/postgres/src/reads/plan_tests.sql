-- A tenant with :leads leads in all statuses, of 40 salespeople or nobody, 5 teams or none, 6 stages and customers.
-- Words: one that all have, one that one in 2,000 has.

CREATE FUNCTION numbered(kind integer, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT format('00000000-0000-%s-0000-%s', lpad(to_hex(kind), 4, '0'), lpad(to_hex(number), 12, '0'))::uuid $$;
-- Less than `below`, as if by chance, and another for each `salt`.
CREATE FUNCTION chance(number bigint, salt integer, below integer) RETURNS integer LANGUAGE sql IMMUTABLE
    AS $$ SELECT (hashint8extended(number, salt) & 1048575)::integer % below $$;
CREATE FUNCTION tenant() RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT '01990000-0000-7000-8000-000000000001'::uuid $$;

INSERT INTO tenants (id) VALUES (tenant());
INSERT INTO salespeople SELECT tenant(), numbered(1, i), 'p', '', true, now() FROM generate_series(1, 40) AS i;
INSERT INTO teams SELECT tenant(), numbered(2, i), 't', i, true, true, NULL, 1, now() FROM generate_series(1, 5) AS i;
INSERT INTO stages SELECT tenant(), numbered(3, i), 's', i, false, false, '{}', 1 FROM generate_series(1, 6) AS i;
INSERT INTO customers
SELECT tenant(), numbered(4, i), 'c', true, NULL, '', '', '', '', '', '', '', '', '', '', '', '', '{}', NULL, '', 1,
    now(), now()
FROM generate_series(1, :leads / 5) AS i;

INSERT INTO leads
SELECT tenant(), numbered(5, i),
    CASE WHEN chance(i, 1, 3) = 0 THEN 'opportunity' ELSE 'lead' END,
    (ARRAY['open', 'open', 'won', 'lost', 'lost', 'archived', 'merged', 'lost'])[1 + chance(i, 2, 8)],
    'Lead ' || i, 'Ann Lee', 'Company', 'a' || i || '@example.com', '', '', '', '', '', '', '', '', '', 'DE', '', '{}',
    chance(i, 3, 4), '', '', '', '', CASE WHEN i % 2 = 0 THEN chance(i, 4, 9973) END, 'EUR', 10, NULL,
    CASE WHEN chance(i, 1, 3) = 0 THEN numbered(3, 1 + chance(i, 5, 6)) END,
    CASE WHEN chance(i, 6, 10) < 7 THEN numbered(1, 1 + chance(i, 7, 40)) END,
    CASE WHEN chance(i, 8, 10) < 8 THEN numbered(2, 1 + chance(i, 9, 5)) END,
    CASE WHEN chance(i, 10, 4) = 0 THEN numbered(4, 1 + i % (:leads / 5)) END,
    '', '{}', CASE WHEN i % 5 = 0 THEN 'ext-' || i ELSE '' END, NULL, '{}', 1,
    now() - i * interval '1 second', now() - chance(i, 11, :leads) * interval '1 second', NULL, NULL, NULL, NULL
FROM generate_series(1, :leads) AS i;

INSERT INTO match_keys SELECT tenant_id, :common, id FROM leads;
INSERT INTO match_keys SELECT tenant(), :rare, numbered(5, i) FROM generate_series(7, :leads, 2000) AS i;
INSERT INTO match_keys SELECT tenant(), i, numbered(5, i) FROM generate_series(1, :leads) AS i;

ANALYZE;
