-- The public view beside what a department publishes itself (PUB-3): a document's record and what is shown of it, and all
-- that a department determined and that is public now. Who determined is the key that sealed: bytes 35 to 42 of a leaf of
-- either version (STORAGE 2).

CREATE INDEX records_determined_by ON ledger.records (substring(leaf FROM 35 FOR 8), position)
    WHERE topic = 'record.determined';

-- Of each known document its record, where that began, and what the public view shows of it on a day: NULL for nothing.
CREATE FUNCTION ledger.public_of_documents(p_fingerprint bytea[], p_on date)
RETURNS TABLE (
    fingerprint bytea, record_id uuid, begun_at bigint, subject_id uuid, part text, item text, record_position bigint,
    until date, key_owner uuid, key_class text, bytes bytea
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT d.fingerprint, d.record_id, e.position, r.subject_id, r.part, r.item, r.position,
           r.until, r.key_owner, r.key_class, r.bytes
    FROM ledger.documents d
    JOIN ledger.records e ON e.stream_id = d.record_id AND e.stream_version = 1
    LEFT JOIN (ledger.renditions r
               JOIN ledger.view_state s ON s.view = r.view AND s.generation = r.generation AND s.live)
        ON r.view = 'public' AND r.record_id = d.record_id AND r.part = 'public' AND (r.until IS NULL OR r.until >= p_on)
       AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = r.record_id)
    WHERE d.fingerprint = ANY (p_fingerprint) $$;

-- What is public on a day of all that these keys determined, in the order in which it was recorded, up to a position.
CREATE FUNCTION ledger.public_determined_by(
    p_issuer bytea[], p_on date, p_after bigint, p_through bigint, p_limit integer
)
RETURNS TABLE (
    record_id uuid, begun_at bigint, subject_id uuid, part text, item text, record_position bigint,
    until date, key_owner uuid, key_class text, bytes bytea
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.stream_id, e.position, r.subject_id, r.part, r.item, r.position, r.until, r.key_owner, r.key_class, r.bytes
    FROM ledger.records e
    JOIN ledger.renditions r ON r.view = 'public' AND r.record_id = e.stream_id AND r.part = 'public'
    JOIN ledger.view_state s ON s.view = r.view AND s.generation = r.generation AND s.live
    WHERE e.topic = 'record.determined' AND substring(e.leaf FROM 35 FOR 8) = ANY (p_issuer)
      AND e.position > p_after AND e.position <= p_through AND (r.until IS NULL OR r.until >= p_on)
      AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = r.record_id)
    ORDER BY e.position LIMIT p_limit $$;

GRANT EXECUTE ON FUNCTION ledger.public_of_documents, ledger.public_determined_by TO xinlu_reader;
