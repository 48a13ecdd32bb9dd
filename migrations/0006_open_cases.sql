-- Objections and repairs that wait for their source, so that a department finds its own without opening anyone
-- else's. A row stands from the very transaction that files the case until the one that decides it; days and
-- states are not here, they are read from the case's own events.

CREATE TABLE ledger.open_cases (
    case_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('objection', 'repair')),
    department text NOT NULL,
    position bigint NOT NULL
);
CREATE INDEX open_cases_of_department ON ledger.open_cases (department, position);
GRANT SELECT ON ledger.open_cases TO xinlu_auditor;

-- ledger.append_marked with the cases that it opens and closes: one statement, so all happens or nothing.
CREATE FUNCTION ledger.append_case(
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
    p_mark_record uuid[], p_mark_objection uuid[], p_unmark_record uuid[], p_unmark_objection uuid[],
    p_open_case uuid[], p_open_kind text[], p_open_department text[], p_close_case uuid[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_first bigint;
BEGIN
    v_first := ledger.append_marked(
        p_log, p_stream, p_version, p_topic, p_schema, p_recorded_at, p_meta, p_key_ref, p_sealed, p_leaf,
        p_guard_stream, p_guard_version, p_document, p_document_record, p_document_mac, p_blind, p_subject,
        p_key_owner, p_key_class, p_key_generation, p_key_wrapped, p_suppress,
        p_inbox_department, p_inbox_key, p_inbox_fingerprint, p_inbox_status, p_inbox_receipt,
        p_mark_record, p_mark_objection, p_unmark_record, p_unmark_objection);
    INSERT INTO ledger.open_cases (case_id, kind, department, position)
        SELECT o.id, o.kind, o.department, v_first
        FROM unnest(p_open_case, p_open_kind, p_open_department) AS o(id, kind, department);
    DELETE FROM ledger.open_cases WHERE case_id = ANY (p_close_case);
    RETURN v_first;
END $$;

-- A department's open cases, oldest first.
CREATE FUNCTION ledger.open_cases_of(p_department text, p_limit integer)
RETURNS TABLE (case_id uuid, kind text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.case_id, c.kind FROM ledger.open_cases c
    WHERE c.department = p_department ORDER BY c.position LIMIT p_limit $$;

GRANT EXECUTE ON FUNCTION ledger.append_case, ledger.open_cases_of TO xinlu_writer;
