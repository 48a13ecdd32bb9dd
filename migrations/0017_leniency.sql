-- The last version of many streams at once: whether documents were assessed for leniency before they are recorded
-- (DET-4), one look-up for a batch.

CREATE FUNCTION ledger.versions_of(p_stream uuid[]) RETURNS TABLE (stream_id uuid, version bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.id, s.version FROM ledger.streams s WHERE s.log = 'records' AND s.id = ANY (p_stream) $$;
GRANT EXECUTE ON FUNCTION ledger.versions_of TO xinlu_writer;

-- What was recorded later than the rules allow, by the department that was late (DET-6): the actor stands in meta.
CREATE INDEX records_late ON ledger.records (position) WHERE topic = 'publication.late';
CREATE FUNCTION ledger.late_publications(p_department text, p_after bigint, p_through bigint, p_limit bigint)
RETURNS SETOF ledger.records LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM ledger.records
    WHERE topic = 'publication.late' AND position > p_after AND position <= p_through
      AND (p_department IS NULL OR convert_from(meta, 'UTF8')::jsonb ->> 'actor' = p_department)
    ORDER BY position LIMIT p_limit $$;
GRANT EXECUTE ON FUNCTION ledger.late_publications TO xinlu_writer;
