-- By when each open case is due, so that what is overdue is found, counted and listed without opening any case.
-- The days follow from the case's own events and change in the transaction that records these; they say nothing about
-- anyone. due: the last day of the step that waits, NULL while it is the applicant's turn. next_due: the soonest day
-- that is not recorded as missed, NULL when there is none. A row of a program without these columns says so by the
-- year 1, and the deadline runner works its days out.

ALTER TABLE ledger.open_cases
    ADD COLUMN due date,
    ADD COLUMN next_due date DEFAULT date '0001-01-01';
CREATE INDEX open_cases_due ON ledger.open_cases (due) WHERE due IS NOT NULL;
CREATE INDEX open_cases_next_due ON ledger.open_cases (next_due) WHERE next_due IS NOT NULL;

-- ledger.append_case with the days of the cases that it touches: one statement, so all happens or nothing.
CREATE FUNCTION ledger.append_due(
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
    p_due_case uuid[], p_due date[], p_next_due date[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_first bigint;
BEGIN
    v_first := ledger.append_case(
        p_log, p_stream, p_version, p_topic, p_schema, p_recorded_at, p_meta, p_key_ref, p_sealed, p_leaf,
        p_guard_stream, p_guard_version, p_document, p_document_record, p_document_mac, p_blind, p_subject,
        p_key_owner, p_key_class, p_key_generation, p_key_wrapped, p_suppress,
        p_inbox_department, p_inbox_key, p_inbox_fingerprint, p_inbox_status, p_inbox_receipt,
        p_mark_record, p_mark_objection, p_unmark_record, p_unmark_objection,
        p_open_case, p_open_kind, p_open_department, p_close_case);
    UPDATE ledger.open_cases c SET due = d.due, next_due = d.next_due
        FROM unnest(p_due_case, p_due, p_next_due) AS d(id, due, next_due) WHERE c.case_id = d.id;
    RETURN v_first;
END $$;

-- Cases with a day before p_on that is not recorded as missed, in pages by id.
CREATE FUNCTION ledger.cases_due(p_on date, p_after uuid, p_limit integer)
RETURNS TABLE (case_id uuid, next_due date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.case_id, c.next_due FROM ledger.open_cases c
    WHERE c.next_due < p_on AND c.case_id > p_after ORDER BY c.case_id LIMIT p_limit $$;

-- The days of a case as its events give them, unless an act has changed them since they were read as p_seen.
CREATE FUNCTION ledger.mend_due(p_case uuid, p_seen date, p_due date, p_next_due date) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE ledger.open_cases SET due = p_due, next_due = p_next_due
    WHERE case_id = p_case AND next_due = p_seen $$;

-- Cases of all other departments whose step is overdue, the longest first.
CREATE FUNCTION ledger.overdue_cases(p_on date, p_except text, p_limit integer)
RETURNS TABLE (case_id uuid, kind text, department text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.case_id, c.kind, c.department FROM ledger.open_cases c
    WHERE c.due < p_on AND c.department <> p_except ORDER BY c.due, c.case_id LIMIT p_limit $$;

-- How many open cases are overdue: a number for operators.
CREATE FUNCTION ledger.overdue_count(p_on date) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*) FROM ledger.open_cases WHERE due < p_on $$;

GRANT EXECUTE ON FUNCTION ledger.append_due, ledger.overdue_cases TO xinlu_writer;
GRANT EXECUTE ON FUNCTION ledger.overdue_count TO xinlu_reader;
GRANT EXECUTE ON FUNCTION ledger.cases_due, ledger.mend_due TO xinlu_projector;
