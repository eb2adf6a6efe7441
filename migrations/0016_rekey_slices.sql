-- Keys of a whole tenant are made anew in slices, side by side: one writes while another reads and computes. A slice has the
-- records whose id, by its last byte, leaves the slice's number as the remainder.
ALTER TABLE rekeys
    ADD COLUMN slice integer NOT NULL DEFAULT 0,
    ADD COLUMN slices integer NOT NULL DEFAULT 1,
    ADD CHECK (slice >= 0 AND slice < slices AND slices <= 256);
