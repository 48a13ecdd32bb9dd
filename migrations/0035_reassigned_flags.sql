-- Flags assigned anew (线索改派): with whom a flag lies now, NULL while that is the unit in whose acts it was found. What is
-- found there joins the flag as before; the list of flags is by whom they lie with.
ALTER TABLE ledger.flags ADD COLUMN assigned text;
CREATE INDEX flags_lying_with ON ledger.flags (coalesce(assigned, unit), position);

-- The flags that lie with a unit, or all (NULL), raised after one position and up to another, oldest first.
CREATE OR REPLACE FUNCTION ledger.flags_page(
    p_unit text, p_open boolean, p_after bigint, p_through bigint, p_limit integer
)
RETURNS TABLE (id uuid, raised_at bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT f.id, f.position FROM ledger.flags f
    WHERE (p_unit IS NULL OR coalesce(f.assigned, f.unit) = p_unit) AND (NOT p_open OR f.open)
      AND f.position > p_after AND f.position <= p_through
    ORDER BY f.position LIMIT p_limit $$;
