-- Customers, leads and opportunities, and the keys by which they are found.

CREATE TABLE customers (
    tenant_id      uuid NOT NULL,
    id             uuid NOT NULL,
    name           text NOT NULL,
    is_company     boolean NOT NULL,
    parent_id      uuid,
    email          text NOT NULL,
    phone          text NOT NULL,
    job_title      text NOT NULL,
    website        text NOT NULL,
    language       text NOT NULL,
    street         text NOT NULL,
    street2        text NOT NULL,
    city           text NOT NULL,
    state          text NOT NULL,
    postal_code    text NOT NULL,
    country        text NOT NULL,
    description    text NOT NULL,
    tags           text[] NOT NULL,
    salesperson_id uuid,
    external_id    text NOT NULL,
    version        bigint NOT NULL,
    create_time    timestamptz NOT NULL,
    update_time    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES customers (tenant_id, id),
    FOREIGN KEY (tenant_id, salesperson_id) REFERENCES salespeople (tenant_id, id)
);

CREATE UNIQUE INDEX customers_external_id ON customers (tenant_id, external_id) WHERE external_id <> '';
CREATE INDEX customers_parent ON customers (tenant_id, parent_id) WHERE parent_id IS NOT NULL;

-- Leads and opportunities are one table: converting changes the type and keeps the id.
CREATE TABLE leads (
    tenant_id           uuid NOT NULL,
    id                  uuid NOT NULL,
    type                text NOT NULL CHECK (type IN ('lead', 'opportunity')),
    status              text NOT NULL CHECK (status IN ('open', 'won', 'lost', 'archived', 'merged')),
    title               text NOT NULL,
    contact_name        text NOT NULL,
    company_name        text NOT NULL,
    email               text NOT NULL,
    phone               text NOT NULL,
    job_title           text NOT NULL,
    website             text NOT NULL,
    language            text NOT NULL,
    street              text NOT NULL,
    street2             text NOT NULL,
    city                text NOT NULL,
    state               text NOT NULL,
    postal_code         text NOT NULL,
    country             text NOT NULL,
    description         text NOT NULL,
    tags                text[] NOT NULL,
    priority            integer NOT NULL,
    source              text NOT NULL,
    medium              text NOT NULL,
    campaign            text NOT NULL,
    referred_by         text NOT NULL,
    revenue_amount      numeric,
    revenue_currency    text NOT NULL,
    probability         double precision,
    earlier_probability double precision,
    stage_id            uuid,
    salesperson_id      uuid,
    team_id             uuid,
    customer_id         uuid,
    lost_reason         text NOT NULL,
    custom_fields       json NOT NULL,
    external_id         text NOT NULL,
    survivor_id         uuid,
    merged_lead_ids     uuid[] NOT NULL,
    -- Change counter: the etag, and the sequence of events.
    version             bigint NOT NULL,
    create_time         timestamptz NOT NULL,
    update_time         timestamptz NOT NULL,
    convert_time        timestamptz,
    assign_time         timestamptz,
    close_time          timestamptz,
    expected_close_date date,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, stage_id) REFERENCES stages (tenant_id, id),
    FOREIGN KEY (tenant_id, salesperson_id) REFERENCES salespeople (tenant_id, id),
    FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);

CREATE UNIQUE INDEX leads_external_id ON leads (tenant_id, external_id) WHERE external_id <> '';
-- The pipeline view: everybody's, one salesperson's, one team's, one stage's, one customer's; newest first.
CREATE INDEX leads_all ON leads (tenant_id, status, type, create_time, id);
CREATE INDEX leads_of_salesperson ON leads (tenant_id, salesperson_id, status, type, create_time, id);
CREATE INDEX leads_of_team ON leads (tenant_id, team_id, status, type, create_time, id) WHERE team_id IS NOT NULL;
CREATE INDEX leads_in_stage ON leads (tenant_id, stage_id, status, create_time, id);
CREATE INDEX leads_of_customer ON leads (tenant_id, customer_id, create_time, id) WHERE customer_id IS NOT NULL;
-- Any type and status, and callers that synchronise.
CREATE INDEX leads_by_creation ON leads (tenant_id, create_time, id);
CREATE INDEX leads_by_change ON leads (tenant_id, update_time, id);

-- Keys: hashes of normal forms, computed when a record is written. A btree finds them under row-level security too.
CREATE TABLE match_keys (
    tenant_id uuid NOT NULL,
    key       bigint NOT NULL,
    lead_id   uuid NOT NULL,
    PRIMARY KEY (tenant_id, key, lead_id)
);

CREATE TABLE customer_keys (
    tenant_id   uuid NOT NULL,
    key         bigint NOT NULL,
    customer_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, key, customer_id)
);

CREATE TABLE timeline_entries (
    tenant_id      uuid NOT NULL,
    id             uuid NOT NULL,
    lead_id        uuid NOT NULL,
    origin_lead_id uuid NOT NULL,
    kind           text NOT NULL,
    subject        text NOT NULL,
    body           text NOT NULL,
    author         text NOT NULL,
    file_name      text NOT NULL,
    due_time       timestamptz,
    create_time    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);

CREATE INDEX timeline_of_lead ON timeline_entries (tenant_id, lead_id, create_time, id);
