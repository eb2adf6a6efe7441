//! The floor's SQL. `$1` conversions, `$2` leads, `$3` requests, `$4` customers, `$5` and `$6` customers with their keys,
//! `$7` and `$8` leads with the keys of their new customers, `$9` and `$10` events with their times.

/// Gives the parameters names: every statement is sent with all of them.
macro_rules! with_parameters {
    ($sql:literal) => {
        concat!(
            "WITH p AS (SELECT '01990000-0000-7000-8000-000000000001'::uuid AS tenant, $1::uuid[] AS conversions, \
             $2::uuid[] AS leads, $3::uuid[] AS requests, $4::uuid[] AS customers, $5::uuid[] AS key_customers, \
             $6::bigint[] AS keys, $7::uuid[] AS link_leads, $8::bigint[] AS link_keys, $9::uuid[] AS events, \
             $10::timestamptz[] AS times) ",
            $sql
        )
    };
}

/// Makes the copies: same columns, same indexes. Leads and their keys are there before a conversion, so they are copied.
pub const PREPARE: &[&str] = &[
    "DROP SCHEMA IF EXISTS floor CASCADE",
    "CREATE SCHEMA floor",
    "CREATE TABLE floor.requests (LIKE requests INCLUDING ALL)",
    "CREATE TABLE floor.conversions (LIKE conversions INCLUDING ALL)",
    "CREATE TABLE floor.before_images (LIKE before_images INCLUDING ALL)",
    "CREATE TABLE floor.events (LIKE events INCLUDING ALL)",
    "CREATE TABLE floor.outbox (LIKE outbox INCLUDING ALL)",
    "CREATE TABLE floor.customers (LIKE customers INCLUDING ALL)",
    "CREATE TABLE floor.customer_keys (LIKE customer_keys INCLUDING ALL)",
    "CREATE TABLE floor.match_keys (LIKE match_keys INCLUDING ALL)",
    "CREATE TABLE floor.leads (LIKE leads INCLUDING ALL EXCLUDING GENERATED)",
    "INSERT INTO floor.leads SELECT * FROM leads",
    "INSERT INTO floor.match_keys SELECT * FROM match_keys",
    "ANALYZE",
];

/// What the conversions of some leads wrote.
pub const WRITTEN: &str = "
    SELECT id, lead_id, request_id, end_time,
           ARRAY (SELECT json_array_elements_text(outcome -> 'created_customer_ids')::uuid) AS customer_ids,
           ARRAY (SELECT json_array_elements_text(outcome -> 'event_ids')::uuid) AS event_ids
    FROM conversions WHERE lead_id = ANY ($1) AND state = 'succeeded' ORDER BY id";

/// The keys of some customers.
pub const KEYS: &str = "SELECT customer_id, key FROM customer_keys WHERE customer_id = ANY ($1)";

/// The transaction that accepts.
pub const ACCEPT: &[&str] = &[
    with_parameters!(
        "INSERT INTO floor.requests SELECT r.* FROM requests r, p WHERE r.id = ANY (p.requests)
        AND r.tenant_id = p.tenant"
    ),
    with_parameters!(
        "INSERT INTO floor.conversions
        SELECT c.tenant_id, c.id, c.lead_id, c.batch_id, c.request_id, 'queued', c.command, NULL, NULL, NULL, 0,
               c.traceparent, c.create_time, NULL, NULL, NULL, c.sent_time, 1
        FROM conversions c, p WHERE c.id = ANY (p.conversions) AND c.tenant_id = p.tenant"
    ),
    with_parameters!("INSERT INTO floor.outbox (tenant_id, conversion_ids) SELECT p.tenant, p.conversions FROM p"),
];

/// The transaction that converts.
pub const CONVERT: &[&str] = &[
    with_parameters!(
        "INSERT INTO floor.customers SELECT c.* FROM customers c, p WHERE c.id = ANY (p.customers)
        AND c.tenant_id = p.tenant"
    ),
    with_parameters!(
        "INSERT INTO floor.customer_keys SELECT p.tenant, k.key, k.customer
        FROM p, unnest(p.key_customers, p.keys) AS k (customer, key)"
    ),
    with_parameters!(
        "UPDATE floor.leads f
        SET type = l.type, stage_id = l.stage_id, salesperson_id = l.salesperson_id, team_id = l.team_id,
            customer_id = l.customer_id, version = l.version, update_time = l.update_time,
            convert_time = l.convert_time, assign_time = l.assign_time
        FROM leads l, p
        WHERE l.id = ANY (p.leads) AND l.tenant_id = p.tenant AND f.id = l.id AND f.tenant_id = p.tenant"
    ),
    with_parameters!(
        "INSERT INTO floor.match_keys SELECT p.tenant, k.key, k.lead
        FROM p, unnest(p.link_leads, p.link_keys) AS k (lead, key)"
    ),
    with_parameters!(
        "INSERT INTO floor.before_images SELECT b.* FROM before_images b, p
        WHERE b.conversion_id = ANY (p.conversions) AND b.tenant_id = p.tenant"
    ),
    with_parameters!(
        "UPDATE floor.conversions f
        SET state = c.state, plan = c.plan, outcome = c.outcome, attempt = c.attempt, start_time = c.start_time,
            end_time = c.end_time, revert_deadline = c.revert_deadline
        FROM conversions c, p
        WHERE c.id = ANY (p.conversions) AND c.tenant_id = p.tenant AND f.id = c.id AND f.tenant_id = p.tenant"
    ),
    with_parameters!(
        "INSERT INTO floor.events SELECT e.* FROM p, unnest(p.events, p.times) AS k (id, time), events e
        WHERE e.occurred_at = k.time AND e.tenant_id = p.tenant AND e.id = k.id"
    ),
    with_parameters!(
        "INSERT INTO floor.outbox (tenant_id, event_id, event_time, subject)
        SELECT p.tenant, k.id, k.time, k.id FROM p, unnest(p.events, p.times) AS k (id, time)"
    ),
];

/// Empties the outbox of what was published.
pub const CLEAR: &str = with_parameters!(
    "DELETE FROM floor.outbox f USING p
    WHERE f.conversion_ids = p.conversions OR f.event_id = ANY (p.events)"
);
