-- Who has to do what is planned, and what an attached file is and where.

ALTER TABLE timeline_entries
    ADD COLUMN owner_id   uuid,
    ADD COLUMN media_type text NOT NULL DEFAULT '',
    -- 0 = none, or not known.
    ADD COLUMN size_bytes bigint NOT NULL DEFAULT 0,
    ADD COLUMN uri        text NOT NULL DEFAULT '',
    ADD FOREIGN KEY (tenant_id, owner_id) REFERENCES salespeople (tenant_id, id);
