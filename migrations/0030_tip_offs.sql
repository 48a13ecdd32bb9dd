-- Tip-offs of the public (WHS-1): where they are in the access log, and keys that no login of the web process gets before
-- an opening of that very tip-off is committed.

CREATE INDEX access_tip_offs ON ledger.access (position) WHERE topic = 'tipoff.filed';

CREATE FUNCTION ledger.tip_offs_filed(p_after bigint, p_through bigint, p_limit integer)
RETURNS TABLE (stream_id uuid, filed_at bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.stream_id, a.position FROM ledger.access a
    WHERE a.topic = 'tipoff.filed' AND a.position > p_after AND a.position <= p_through
    ORDER BY a.position LIMIT p_limit $$;

-- As before, but for the keys of reporters and reports: that there are such is told (generation -1, which nothing unwraps),
-- and their bytes to the eraser only, who takes them away.
CREATE OR REPLACE FUNCTION ledger.data_keys_of(p_owner uuid[]) RETURNS SETOF ledger.data_keys
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT k.owner, k.class, CASE WHEN hidden THEN -1 ELSE k.generation END,
           CASE WHEN hidden THEN ''::bytea ELSE k.wrapped END
    FROM ledger.data_keys k
    CROSS JOIN LATERAL (SELECT k.generation > 0 AND k.class LIKE 'report%:%' AND session_user <> 'xinlu_eraser') h(hidden)
    WHERE k.owner = ANY (p_owner) $$;

-- The key of a sealed part: once, for an opening that an earlier transaction committed in the stream of its owner.
CREATE FUNCTION ledger.key_after_opening(p_position bigint, p_owner uuid, p_class text) RETURNS SETOF ledger.data_keys
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM ledger.announced_reads a
        WHERE a.position = p_position AND a.record_id = p_owner AND a.part = p_class
          AND a.written_by <> pg_current_xact_id()
          AND EXISTS (SELECT FROM ledger.access e
                      WHERE e.position = a.position AND e.stream_id = p_owner AND e.topic = 'tipoff.opened');
    IF FOUND THEN
        RETURN QUERY SELECT * FROM ledger.data_keys k WHERE k.owner = p_owner AND k.class = p_class;
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION ledger.tip_offs_filed TO xinlu_writer;
GRANT EXECUTE ON FUNCTION ledger.key_after_opening TO xinlu_reader;
