-- Open cases by the record that they are about, so that what takes a record away finds the repairs that it makes
-- needless; and by which calendar the days of each were counted, so that those counted beyond it are counted again when
-- another year is loaded. Both follow from the cases' own events.
-- counted_by: the version of the calendar that the provisional days were looked at with, NULL when no day is
-- provisional, -1 when nobody has looked since the case last moved, or the row is of a program without these columns.

ALTER TABLE ledger.open_cases
    ADD COLUMN record_id uuid,
    ADD COLUMN counted_by bigint DEFAULT -1;
CREATE INDEX open_cases_of_record ON ledger.open_cases (record_id);
CREATE INDEX open_cases_counted_by ON ledger.open_cases (counted_by) WHERE counted_by IS NOT NULL;

-- ledger.append_due with the record of each case that it touches, and by which calendar its days were counted.
CREATE FUNCTION ledger.append_counted(
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
    p_case_record uuid[], p_counted_by bigint[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_first bigint;
BEGIN
    v_first := ledger.append_due(
        p_log, p_stream, p_version, p_topic, p_schema, p_recorded_at, p_meta, p_key_ref, p_sealed, p_leaf,
        p_guard_stream, p_guard_version, p_document, p_document_record, p_document_mac, p_blind, p_subject,
        p_key_owner, p_key_class, p_key_generation, p_key_wrapped, p_suppress,
        p_inbox_department, p_inbox_key, p_inbox_fingerprint, p_inbox_status, p_inbox_receipt,
        p_mark_record, p_mark_objection, p_unmark_record, p_unmark_objection,
        p_open_case, p_open_kind, p_open_department, p_close_case,
        p_due_case, p_due, p_next_due);
    UPDATE ledger.open_cases c SET record_id = d.record_id, counted_by = d.counted_by
        FROM unnest(p_due_case, p_case_record, p_counted_by) AS d(id, record_id, counted_by) WHERE c.case_id = d.id;
    RETURN v_first;
END $$;

-- The open repairs of a record, and those of which no record is written down yet: the caller looks which they are of.
CREATE FUNCTION ledger.open_repairs_of(p_record uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.case_id FROM ledger.open_cases c
    WHERE c.kind = 'repair' AND (c.record_id = p_record OR c.record_id IS NULL) ORDER BY c.position $$;

-- Cases with a day before p_on that is not recorded as missed, or with days counted by an older calendar, by id.
CREATE FUNCTION ledger.cases_to_count(p_on date, p_calendar bigint, p_after uuid, p_limit integer)
RETURNS TABLE (case_id uuid, next_due date, counted_by bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.case_id, c.next_due, c.counted_by FROM ledger.open_cases c
    WHERE (c.next_due < p_on OR c.counted_by < p_calendar) AND c.case_id > p_after
    ORDER BY c.case_id LIMIT p_limit $$;

-- What the events of a case say of it, unless an act has changed it since it was read.
CREATE FUNCTION ledger.mend_case(
    p_case uuid, p_seen_due date, p_seen_by bigint, p_due date, p_next_due date, p_record uuid, p_counted_by bigint
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE ledger.open_cases
    SET due = p_due, next_due = p_next_due, record_id = p_record, counted_by = p_counted_by
    WHERE case_id = p_case AND next_due IS NOT DISTINCT FROM p_seen_due
        AND counted_by IS NOT DISTINCT FROM p_seen_by $$;

GRANT EXECUTE ON FUNCTION ledger.append_counted, ledger.open_repairs_of TO xinlu_writer;
GRANT EXECUTE ON FUNCTION ledger.cases_to_count, ledger.mend_case TO xinlu_projector;

-- ledger.save_draft, unless the department's drafts would be too many or too large with it: then nothing is kept, and the
-- answer is when its soonest draft expires. NULL when it is kept. One at a time for each department.
CREATE FUNCTION ledger.save_draft_within(
    p_id uuid, p_chunk integer[], p_department text, p_now timestamptz, p_expires timestamptz,
    p_generation integer, p_wrapped bytea, p_sealed bytea[], p_most integer, p_bytes_most bigint
) RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_drafts bigint;
    v_bytes bigint;
    v_soonest timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('draft ' || p_department, 0));
    SELECT count(DISTINCT d.id), coalesce(sum(octet_length(d.sealed)), 0), min(d.expires_at)
        INTO v_drafts, v_bytes, v_soonest
        FROM ledger.drafts d WHERE d.department = p_department AND d.expires_at >= p_now;
    v_bytes := v_bytes + (SELECT coalesce(sum(octet_length(s)), 0) FROM unnest(p_sealed) AS s);
    IF v_drafts >= p_most OR v_bytes > p_bytes_most THEN
        RETURN coalesce(v_soonest, p_expires);
    END IF;
    PERFORM ledger.save_draft(p_id, p_chunk, p_department, p_now, p_expires, p_generation, p_wrapped, p_sealed);
    RETURN NULL;
END $$;

GRANT EXECUTE ON FUNCTION ledger.save_draft_within TO xinlu_writer;

-- The consents that a subject gave, newest first: found by whose key they are under, which is part of the row.
CREATE INDEX records_consents ON ledger.records (key_ref, position) WHERE topic = 'consent.given';
CREATE FUNCTION ledger.consents_page(p_subject uuid, p_through bigint, p_before bigint, p_limit integer)
RETURNS TABLE (consent_id uuid, given_at bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.stream_id, r.position FROM ledger.records r
    WHERE r.topic = 'consent.given' AND r.key_ref = 'public=' || p_subject || '/consent'
        AND r.position <= p_through AND (p_before IS NULL OR r.position < p_before)
    ORDER BY r.position DESC LIMIT p_limit $$;

GRANT EXECUTE ON FUNCTION ledger.consents_page TO xinlu_writer;

-- ledger.public_records by pages: those that stand before a position (NULL: all), newest first.
CREATE FUNCTION ledger.public_records_page(p_subject uuid, p_on date, p_before bigint, p_limit integer)
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
      AND (p_before IS NULL OR r.position < p_before)
      AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = r.record_id)
    ORDER BY r.position DESC LIMIT p_limit $$;

GRANT EXECUTE ON FUNCTION ledger.public_records_page TO xinlu_reader;
