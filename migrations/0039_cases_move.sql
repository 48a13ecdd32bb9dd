-- An open case may come to wait for another department than before: what is proposed waits for the credit office until it is
-- published, and for the department that made it since. It stands there from the act that says so.

CREATE OR REPLACE FUNCTION ledger.append_case(
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
        FROM unnest(p_open_case, p_open_kind, p_open_department) AS o(id, kind, department)
        ON CONFLICT (case_id) DO UPDATE SET department = excluded.department, position = excluded.position
        WHERE ledger.open_cases.department <> excluded.department;
    DELETE FROM ledger.open_cases WHERE case_id = ANY (p_close_case);
    RETURN v_first;
END $$;
