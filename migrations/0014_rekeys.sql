-- Keys that are made anew, in the background (rules 2.4): when a setting or a customer's country reads records in another
-- way, and when a new release makes other keys.

-- The keys of a record, whatever made them. A record's keys stand side by side here, for ids grow with time: the index is
-- small and cheap to write. It is for statements that say `key = 0 OR key <> 0`, which is always true: for others, in a
-- small table, it looked as good as the index by key, and the plan stayed when the table had grown.
CREATE INDEX match_keys_of_lead ON match_keys (lead_id) WHERE key = 0 OR key <> 0;
CREATE INDEX customer_keys_of_customer ON customer_keys (customer_id) WHERE key = 0 OR key <> 0;

-- With which version of the rules all keys of a tenant have been made. 0 = by a release that did not say.
ALTER TABLE tenants ADD COLUMN keys_version integer NOT NULL DEFAULT 0;

CREATE TABLE rekeys (
    tenant_id    uuid NOT NULL,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    -- Which records: 'all', 'no_country' (those without a country of their own), 'of_customer'.
    scope        text NOT NULL CHECK (scope IN ('all', 'no_country', 'of_customer')),
    customer_id  uuid,
    -- The rules that it has to be done with: an older release leaves it alone.
    keys_version integer NOT NULL,
    -- How far it is: customers come first, then leads, each by id.
    phase        text NOT NULL DEFAULT 'customers' CHECK (phase IN ('customers', 'leads')),
    after        uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    done         bigint NOT NULL DEFAULT 0,
    create_time  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);

ALTER TABLE rekeys ENABLE ROW LEVEL SECURITY;
-- As in the migration about security.
CREATE POLICY of_tenant ON rekeys TO opportune_app
    USING (CASE WHEN tenant_id = (SELECT opportune_tenant()) THEN true ELSE false END);
GRANT SELECT, INSERT, UPDATE, DELETE ON rekeys TO opportune_app;

-- The relay learns what there is to do, and asks for tenants whose keys are of an older version.
CREATE POLICY all_tenants ON rekeys TO opportune_relay USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON rekeys TO opportune_relay;
CREATE POLICY all_tenants ON tenants FOR SELECT TO opportune_relay USING (true);
GRANT SELECT (id, keys_version) ON tenants TO opportune_relay;
CREATE INDEX tenants_by_keys_version ON tenants (keys_version);
