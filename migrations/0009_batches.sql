-- Batches: many conversions that were asked for together (rules 8).
--
-- An item of a batch is a conversion with its batch_id. The ids of a batch wait in batch_parts until they become items;
-- items wait without a sent_time until it is their turn to be sent.

CREATE TABLE batches (
    tenant_id        uuid NOT NULL,
    id               uuid NOT NULL,
    request_id       uuid,
    -- Who asked, the instruction for all, the pool.
    content          json NOT NULL,
    -- No more parts will come.
    closed           boolean NOT NULL,
    -- It was cancelled; and items that have not begun are still being cancelled.
    cancelled        boolean NOT NULL,
    cancelling       boolean NOT NULL,
    -- Different ids that it has; how many of them are no items yet; how many parts there have been.
    total            bigint NOT NULL,
    unexpanded       bigint NOT NULL,
    parts            bigint NOT NULL,
    -- How many records have been assigned from the pool.
    turn             bigint NOT NULL,
    -- Failed items with a sequence in (retry_after, retry_until] are to be tried again; NULL = none.
    retry_after      bigint,
    retry_until      bigint,
    -- Items by where they stand: waiting for their turn, and ended.
    held             bigint NOT NULL DEFAULT 0,
    succeeded        bigint NOT NULL DEFAULT 0,
    failed           bigint NOT NULL DEFAULT 0,
    cancelled_items  bigint NOT NULL DEFAULT 0,
    -- Of the item that ended last.
    sequence         bigint NOT NULL DEFAULT 0,
    -- Items up to this one have had their turn; NULL = look from the first one.
    released_through uuid,
    traceparent      text NOT NULL,
    create_time      timestamptz NOT NULL,
    end_time         timestamptz,
    -- Something is left to be done in steps; and when somebody last did one.
    errand           boolean NOT NULL,
    tended_time      timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE INDEX batches_to_tend ON batches (tended_time) WHERE errand;

CREATE TABLE batch_parts (
    tenant_id uuid NOT NULL,
    batch_id  uuid NOT NULL,
    number    bigint NOT NULL,
    lead_ids  uuid[] NOT NULL,
    overrides json NOT NULL,
    PRIMARY KEY (tenant_id, batch_id, number),
    FOREIGN KEY (tenant_id, batch_id) REFERENCES batches (tenant_id, id)
);

-- The place of an item's end within its batch: watchers go on from there.
ALTER TABLE conversions ADD COLUMN batch_sequence bigint;
-- Of an item that still waits for its turn: NULL.
ALTER TABLE conversions ALTER COLUMN sent_time DROP NOT NULL;

-- A record is one item of a batch.
CREATE UNIQUE INDEX conversions_item ON conversions (tenant_id, batch_id, lead_id) WHERE batch_id IS NOT NULL;
CREATE INDEX conversions_queued_of_batch ON conversions (tenant_id, batch_id, id)
    WHERE batch_id IS NOT NULL AND state = 'queued';
CREATE INDEX conversions_ended_of_batch ON conversions (tenant_id, batch_id, batch_sequence)
    WHERE batch_sequence IS NOT NULL;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['batches', 'batch_parts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        -- As in the migration about security.
        EXECUTE format(
            'CREATE POLICY of_tenant ON %I TO opportune_app
                USING (CASE WHEN tenant_id = (SELECT opportune_tenant()) THEN true ELSE false END)', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO opportune_app', name);
        EXECUTE format('ALTER TABLE %I ALTER COLUMN tenant_id SET (n_distinct = 1)', name);
    END LOOP;
END
$$;

-- The relay learns which batches were left in the middle of something, and nothing else about them.
CREATE POLICY all_tenants ON batches FOR SELECT TO opportune_relay USING (true);
GRANT SELECT (tenant_id, id, errand, tended_time) ON batches TO opportune_relay;
