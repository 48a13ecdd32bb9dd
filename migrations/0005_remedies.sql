-- Objections that are pending mark their record in every view, from the very transaction that files them
-- until the one that decides them.

CREATE TABLE ledger.marks (
    record_id uuid NOT NULL,
    objection_id uuid NOT NULL,
    PRIMARY KEY (record_id, objection_id)
);
GRANT SELECT ON ledger.marks TO xinlu_auditor;

-- ledger.append with the marks it sets and takes away: one statement, so both happen or neither.
CREATE FUNCTION ledger.append_marked(
    p_log text,
    p_stream uuid[], p_version bigint[], p_topic text[], p_schema integer[], p_recorded_at text[],
    p_meta bytea[], p_key_ref text[], p_sealed bytea[], p_leaf bytea[],
    p_guard_stream uuid[], p_guard_version bigint[],
    p_document bytea[], p_document_record uuid[], p_document_mac bytea[],
    p_blind bytea[], p_subject uuid[],
    p_key_owner uuid[], p_key_class text[], p_key_generation integer[], p_key_wrapped bytea[],
    p_suppress uuid[],
    p_inbox_department text, p_inbox_key text, p_inbox_fingerprint bytea, p_inbox_status integer,
    p_inbox_receipt jsonb,
    p_mark_record uuid[], p_mark_objection uuid[], p_unmark_record uuid[], p_unmark_objection uuid[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_first bigint;
BEGIN
    v_first := ledger.append(
        p_log, p_stream, p_version, p_topic, p_schema, p_recorded_at, p_meta, p_key_ref, p_sealed, p_leaf,
        p_guard_stream, p_guard_version, p_document, p_document_record, p_document_mac, p_blind, p_subject,
        p_key_owner, p_key_class, p_key_generation, p_key_wrapped, p_suppress,
        p_inbox_department, p_inbox_key, p_inbox_fingerprint, p_inbox_status, p_inbox_receipt);
    DELETE FROM ledger.marks m USING unnest(p_unmark_record, p_unmark_objection) AS u(record, objection)
        WHERE m.record_id = u.record AND m.objection_id = u.objection;
    INSERT INTO ledger.marks (record_id, objection_id)
        SELECT * FROM unnest(p_mark_record, p_mark_objection);
    RETURN v_first;
END $$;

-- Which of these records are objected to now.
CREATE FUNCTION ledger.objected(p_record uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT record_id FROM ledger.marks WHERE record_id = ANY (p_record) $$;

-- As in 0002, with a column more; programs name the columns that they read.
DROP FUNCTION ledger.public_records(uuid, date, integer);
CREATE FUNCTION ledger.public_records(p_subject uuid, p_on date, p_limit integer)
RETURNS TABLE (
    record_id uuid, part text, item text, record_position bigint, until date,
    key_owner uuid, key_class text, bytes bytea, objected boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.record_id, r.part, r.item, r.position, r.until, r.key_owner, r.key_class, r.bytes,
           EXISTS (SELECT FROM ledger.marks m WHERE m.record_id = r.record_id)
    FROM ledger.renditions r
    JOIN ledger.view_state s ON s.view = r.view AND s.generation = r.generation AND s.live
    WHERE r.view = 'public' AND r.subject_id = p_subject AND (r.until IS NULL OR r.until >= p_on)
      AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = r.record_id)
    ORDER BY r.position DESC LIMIT p_limit $$;

DROP FUNCTION ledger.public_record(uuid, date);
CREATE FUNCTION ledger.public_record(p_record uuid, p_on date)
RETURNS TABLE (
    subject_id uuid, part text, item text, record_position bigint, until date,
    key_owner uuid, key_class text, bytes bytea, objected boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.subject_id, r.part, r.item, r.position, r.until, r.key_owner, r.key_class, r.bytes,
           EXISTS (SELECT FROM ledger.marks m WHERE m.record_id = r.record_id)
    FROM ledger.renditions r
    JOIN ledger.view_state s ON s.view = r.view AND s.generation = r.generation AND s.live
    WHERE r.view = 'public' AND r.record_id = p_record AND (r.until IS NULL OR r.until >= p_on)
      AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = r.record_id) $$;

GRANT EXECUTE ON FUNCTION ledger.append_marked TO xinlu_writer;
GRANT EXECUTE ON FUNCTION ledger.objected, ledger.public_records, ledger.public_record TO xinlu_reader;
