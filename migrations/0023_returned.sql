-- A record that a repair or a temporary shield took out of every view may lawfully come back: its suppression is taken
-- away in the transaction of the act that says so, and by no other statement.

-- ledger.append_counted with the records that return: one statement, so all happens or nothing.
CREATE FUNCTION ledger.append_returned(
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
    p_open_case uuid[], p_open_kind text[], p_open_department text[], p_close_case uuid[],
    p_due_case uuid[], p_due date[], p_next_due date[],
    p_case_record uuid[], p_counted_by bigint[],
    p_return uuid[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_first bigint;
BEGIN
    v_first := ledger.append_counted(
        p_log, p_stream, p_version, p_topic, p_schema, p_recorded_at, p_meta, p_key_ref, p_sealed, p_leaf,
        p_guard_stream, p_guard_version, p_document, p_document_record, p_document_mac, p_blind, p_subject,
        p_key_owner, p_key_class, p_key_generation, p_key_wrapped, p_suppress,
        p_inbox_department, p_inbox_key, p_inbox_fingerprint, p_inbox_status, p_inbox_receipt,
        p_mark_record, p_mark_objection, p_unmark_record, p_unmark_objection,
        p_open_case, p_open_kind, p_open_department, p_close_case,
        p_due_case, p_due, p_next_due, p_case_record, p_counted_by);
    -- Only what an act of this very append returns.
    IF EXISTS (
        SELECT FROM unnest(p_return) AS r(id)
        WHERE NOT EXISTS (
            SELECT FROM unnest(p_stream, p_topic) AS e(stream, topic)
            WHERE e.stream = r.id AND e.topic = 'record.returned')
    ) THEN
        RAISE EXCEPTION 'a record returns without an act that says so';
    END IF;
    DELETE FROM ledger.suppressed WHERE record_id = ANY (p_return);
    RETURN v_first;
END $$;

GRANT EXECUTE ON FUNCTION ledger.append_returned TO xinlu_writer;
