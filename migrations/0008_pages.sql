-- Lists by pages: each is one whole as it stood where the listing began, whatever is recorded between two pages.
-- The program before this one still calls ledger.dossier_records and ledger.open_cases_of; this one does not.

-- A subject's records that had begun by p_through, newest first, from below p_before on (NULL: from the newest).
-- A correction moves a record's row in the view, never its first event: nothing is met twice or passed over.
CREATE FUNCTION ledger.dossier_page(p_subject uuid, p_through bigint, p_before bigint, p_limit integer)
RETURNS TABLE (record_id uuid, begun_at bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.record_id, f.position FROM ledger.renditions r
    JOIN ledger.view_state s ON s.view = r.view AND s.generation = r.generation AND s.live
    CROSS JOIN LATERAL (SELECT min(e.position) AS position FROM ledger.records e WHERE e.stream_id = r.record_id) f
    WHERE r.view = 'dossier' AND r.subject_id = p_subject AND f.position <= p_through
      AND (p_before IS NULL OR f.position < p_before)
    ORDER BY f.position DESC LIMIT p_limit $$;

-- A department's open cases filed after one position and up to another (NULL: the head), oldest first; cases of one
-- transaction share a position and are never parted. The head comes with each row.
CREATE FUNCTION ledger.open_cases_page(p_department text, p_through bigint, p_after bigint, p_limit integer)
RETURNS TABLE (case_id uuid, kind text, filed_at bigint, through bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.case_id, c.kind, c.position, h.through FROM ledger.open_cases c
    CROSS JOIN (SELECT coalesce(p_through, position) AS through FROM ledger.heads WHERE log = 'records') h
    WHERE c.department = p_department AND c.position > p_after AND c.position <= h.through
    ORDER BY c.position FETCH FIRST p_limit ROWS WITH TIES $$;

-- The position of the records log where an instant falls, found by halving: the event there was recorded by then,
-- the next one later. 0 before the first event. Clocks of machines that disagree leave more than one such place;
-- the position found is what is logged and folded.
CREATE FUNCTION ledger.position_at(p_instant text) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_low bigint := 0;
    v_high bigint := (SELECT position FROM ledger.heads WHERE log = 'records');
    v_middle bigint;
BEGIN
    WHILE v_low < v_high LOOP
        v_middle := (v_low + v_high + 1) / 2;
        IF (SELECT recorded_at COLLATE "C" <= p_instant FROM ledger.records WHERE position = v_middle) THEN
            v_low := v_middle;
        ELSE
            v_high := v_middle - 1;
        END IF;
    END LOOP;
    RETURN v_low;
END $$;

GRANT EXECUTE ON FUNCTION ledger.dossier_page, ledger.position_at TO xinlu_reader;
GRANT EXECUTE ON FUNCTION ledger.open_cases_page TO xinlu_writer;
GRANT EXECUTE ON FUNCTION ledger.position_at TO xinlu_auditor;
