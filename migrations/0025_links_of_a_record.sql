-- Which persons are linked to a record (DET-7): a leak is traced in their lists of looks too. The link's meta names its
-- record as the correlation, in the clear and canonical, so it is found by its bytes without opening anything.
CREATE INDEX records_links ON ledger.records
    (substring(meta FROM position('"correlation":"'::bytea IN meta) + 15 FOR 36))
    WHERE topic = 'record.person_linked';

CREATE FUNCTION ledger.links_of(p_record uuid) RETURNS TABLE (link_id uuid, key_ref text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.stream_id, r.key_ref FROM ledger.records r
    WHERE r.topic = 'record.person_linked'
      AND substring(r.meta FROM position('"correlation":"'::bytea IN r.meta) + 15 FOR 36)
          = convert_to(p_record::text, 'UTF8')
    ORDER BY r.position $$;

GRANT EXECUTE ON FUNCTION ledger.links_of TO xinlu_writer;
