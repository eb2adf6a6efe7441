-- Which keys a lead has stands beside its form, in one row instead of in an index of all keys by lead: that index was a third of
-- what writing keys cost, and a gigabyte a million leads. From here on every lead has such a row, a tombstone one without a
-- form, and its keys are exactly those in match_keys.
ALTER TABLE lead_forms ALTER COLUMN form DROP NOT NULL;
ALTER TABLE lead_forms ADD COLUMN keys bigint[];

INSERT INTO lead_forms (tenant_id, lead_id, keys_version, status, create_time, salesperson_id, customer_id)
SELECT tenant_id, id, 0, status, create_time, salesperson_id, customer_id FROM leads
ON CONFLICT DO NOTHING;

UPDATE lead_forms SET keys = ARRAY(
    SELECT match_keys.key FROM match_keys
    WHERE match_keys.lead_id = lead_forms.lead_id AND match_keys.tenant_id = lead_forms.tenant_id
        AND (match_keys.key = 0 OR match_keys.key <> 0)
    ORDER BY match_keys.key
);

ALTER TABLE lead_forms ALTER COLUMN keys SET NOT NULL;
DROP INDEX match_keys_of_lead;
