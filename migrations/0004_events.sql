-- Events, kept for replay, and the outbox of what is still to be published.

CREATE TABLE events (
    tenant_id   uuid NOT NULL,
    id          uuid NOT NULL,
    type        text NOT NULL,
    subject     uuid NOT NULL,
    sequence    bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    traceparent text NOT NULL,
    body        json NOT NULL,
    PRIMARY KEY (occurred_at, tenant_id, id)
) PARTITION BY RANGE (occurred_at);

-- Nothing is ever refused because housekeeping is late.
CREATE TABLE events_default PARTITION OF events DEFAULT;

-- Makes the daily partitions from today to `days` days ahead. A day that the default partition has rows of stays there.
CREATE FUNCTION opportune_make_event_partitions(days integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
DECLARE
    day  date;
    made integer := 0;
BEGIN
    FOR ahead IN 0..days LOOP
        day := (now() AT TIME ZONE 'UTC')::date + ahead;
        CONTINUE WHEN to_regclass(format('events_%s', to_char(day, 'YYYYMMDD'))) IS NOT NULL;
        CONTINUE WHEN EXISTS (
            SELECT FROM events_default
            WHERE occurred_at >= day::timestamp AT TIME ZONE 'UTC'
              AND occurred_at < (day + 1)::timestamp AT TIME ZONE 'UTC');
        EXECUTE format(
            'CREATE TABLE events_%s PARTITION OF events FOR VALUES FROM (%L) TO (%L)',
            to_char(day, 'YYYYMMDD'),
            day::timestamp AT TIME ZONE 'UTC',
            (day + 1)::timestamp AT TIME ZONE 'UTC');
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;

-- Drops the daily partitions that ended before `before`, and such rows of the default partition.
CREATE FUNCTION opportune_drop_event_partitions(before timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
DECLARE
    name    text;
    dropped integer := 0;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'events'::regclass AND c.relname ~ '^events_\d{8}$'
          AND (to_date(right(c.relname, 8), 'YYYYMMDD') + 1)::timestamp AT TIME ZONE 'UTC' <= before
    LOOP
        EXECUTE format('DROP TABLE %I', name);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM events_default WHERE occurred_at < before;
    RETURN dropped;
END
$$;

-- Deletes requests older than `before`: their idempotency keys may be used again.
CREATE FUNCTION opportune_delete_requests(before timestamptz) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
    AS $$
DECLARE
    deleted bigint;
BEGIN
    DELETE FROM requests WHERE create_time < before;
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
END
$$;

SELECT opportune_make_event_partitions(3);

-- A row lives from the transaction that wrote it until the broker has confirmed its message.
CREATE TABLE outbox (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id      uuid NOT NULL,
    -- Of a job: the conversions.
    conversion_ids uuid[],
    bulk           boolean NOT NULL DEFAULT false,
    traceparent    text NOT NULL DEFAULT '',
    -- Of an event: where it is, and which record it is about. Ids grow with the sequence of a record.
    event_id       uuid,
    event_time     timestamptz,
    subject        uuid,
    not_before     timestamptz NOT NULL DEFAULT now(),
    -- Held by a process that is publishing it, until then.
    lease_until    timestamptz NOT NULL DEFAULT '-infinity',
    CHECK ((conversion_ids IS NULL) <> (event_id IS NULL))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX outbox_of_subject ON outbox (tenant_id, subject, id) WHERE subject IS NOT NULL;
