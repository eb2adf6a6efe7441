-- The normal forms of leads, as matching looks at them: slow to make, so they are made when a record is written, with its
-- keys. A table of its own, because they are made anew without the record being changed.
CREATE TABLE lead_forms (
    tenant_id    uuid NOT NULL,
    lead_id      uuid NOT NULL,
    -- The rules that it was made by. Another release reads the record instead.
    keys_version integer NOT NULL,
    form         bytea NOT NULL,
    PRIMARY KEY (tenant_id, lead_id)
);

-- A form is compressed for no gain, and read a hundred at a time.
ALTER TABLE lead_forms ALTER COLUMN form SET STORAGE EXTERNAL;

ALTER TABLE lead_forms ENABLE ROW LEVEL SECURITY;
-- As in the migration about security.
CREATE POLICY of_tenant ON lead_forms TO opportune_app
    USING (CASE WHEN tenant_id = (SELECT opportune_tenant()) THEN true ELSE false END);
GRANT SELECT, INSERT, UPDATE, DELETE ON lead_forms TO opportune_app;

-- One tenant may have everything: the planner is to count with that.
ALTER TABLE lead_forms ALTER COLUMN tenant_id SET (n_distinct = 1);
