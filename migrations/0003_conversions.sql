-- Conversions, what they touched, requests seen, imports.

-- lead_id has no foreign key: a batch may name ids that do not exist.
CREATE TABLE conversions (
    tenant_id       uuid NOT NULL,
    id              uuid NOT NULL,
    lead_id         uuid NOT NULL,
    batch_id        uuid,
    request_id      uuid,
    state           text NOT NULL
        CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'reverted')),
    command         json NOT NULL,
    plan            json,
    outcome         json,
    error           json,
    attempt         integer NOT NULL,
    traceparent     text NOT NULL,
    create_time     timestamptz NOT NULL,
    start_time      timestamptz,
    end_time        timestamptz,
    revert_deadline timestamptz,
    -- When its job was last written to the outbox, and how often: for the sweeper.
    sent_time       timestamptz NOT NULL,
    sent_count      integer NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
);

-- At most one live conversion of a lead.
CREATE UNIQUE INDEX conversions_live ON conversions (tenant_id, lead_id) WHERE state IN ('queued', 'running');
CREATE INDEX conversions_of_lead ON conversions (tenant_id, lead_id, id);
CREATE INDEX conversions_of_batch ON conversions (tenant_id, batch_id, id) WHERE batch_id IS NOT NULL;
CREATE INDEX conversions_failed ON conversions (tenant_id, id) WHERE state = 'failed';
-- The sweeper looks for what was sent long ago and is still not settled.
CREATE INDEX conversions_overdue ON conversions (sent_time) WHERE state IN ('queued', 'running');

-- {"field": {"before": …, "after": …}} for each touched field of each touched record.
CREATE TABLE before_images (
    tenant_id     uuid NOT NULL,
    conversion_id uuid NOT NULL,
    record_kind   text NOT NULL CHECK (record_kind IN ('lead', 'customer')),
    record_id     uuid NOT NULL,
    touched       json NOT NULL,
    PRIMARY KEY (tenant_id, conversion_id, record_id)
);

CREATE TABLE requests (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    rpc         text NOT NULL,
    actor       uuid,
    fingerprint bytea NOT NULL,
    resource    uuid NOT NULL,
    create_time timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);

-- Rows come in the order of their time: a block range index is enough to delete the old ones.
CREATE INDEX requests_by_age ON requests USING brin (create_time);

CREATE TABLE imports (
    tenant_id   uuid NOT NULL,
    request_id  uuid NOT NULL,
    fingerprint bytea NOT NULL,
    finished    boolean NOT NULL,
    next_line   bigint NOT NULL,
    created     bigint NOT NULL,
    updated     bigint NOT NULL,
    rejected    bigint NOT NULL,
    batch_id    uuid,
    PRIMARY KEY (tenant_id, request_id)
);

CREATE TABLE import_rejects (
    tenant_id  uuid NOT NULL,
    request_id uuid NOT NULL,
    line       bigint NOT NULL,
    field      text NOT NULL,
    reason     text NOT NULL,
    message    text NOT NULL,
    PRIMARY KEY (tenant_id, request_id, line, field)
);
