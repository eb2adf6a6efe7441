-- Roles, tenants and what a tenant sets up.
--
-- Two roles do the work: opportune_app sees one tenant at a time (row-level security, the tenant is set for each
-- transaction), opportune_relay sees all tenants, but only what has to be published. Neither owns a table.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'opportune_app') THEN
        CREATE ROLE opportune_app NOLOGIN NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'opportune_relay') THEN
        CREATE ROLE opportune_relay NOLOGIN NOBYPASSRLS;
    END IF;
EXCEPTION
    -- Roles belong to the whole server: another database may be migrating at the same moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

GRANT USAGE ON SCHEMA public TO opportune_app, opportune_relay;

-- The tenant of the current transaction. Fails when none is set: forgetting it shows nothing to anybody.
CREATE FUNCTION opportune_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT current_setting('opportune.tenant')::uuid $$;

CREATE TABLE tenants (
    id             uuid PRIMARY KEY,
    -- Counts the changes of settings, stages, teams and salespeople: processes cache those by it.
    config_version bigint NOT NULL DEFAULT 1,
    create_time    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE settings (
    tenant_id uuid PRIMARY KEY REFERENCES tenants,
    content   json NOT NULL
);

CREATE TABLE salespeople (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    name        text NOT NULL,
    email       text NOT NULL,
    active      boolean NOT NULL,
    create_time timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE teams (
    tenant_id         uuid NOT NULL,
    id                uuid NOT NULL,
    name              text NOT NULL,
    sequence          integer NOT NULL,
    use_leads         boolean NOT NULL,
    use_opportunities boolean NOT NULL,
    leader_id         uuid,
    version           bigint NOT NULL,
    create_time       timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, leader_id) REFERENCES salespeople (tenant_id, id)
);

CREATE TABLE team_members (
    tenant_id      uuid NOT NULL,
    team_id        uuid NOT NULL,
    salesperson_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, team_id, salesperson_id),
    FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id),
    FOREIGN KEY (tenant_id, salesperson_id) REFERENCES salespeople (tenant_id, id)
);

CREATE TABLE stages (
    tenant_id uuid NOT NULL,
    id        uuid NOT NULL,
    name      text NOT NULL,
    sequence  integer NOT NULL,
    won       boolean NOT NULL,
    folded    boolean NOT NULL,
    -- Empty = for every team.
    team_ids  uuid[] NOT NULL,
    version   bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
