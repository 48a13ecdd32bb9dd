-- Red lists: what a subject's dossier holds that still counts, and whom the criteria of a red list exclude since.

-- The entries of a subject's dossier that nothing has ended, by item, newest first, and how far the views are.
CREATE FUNCTION ledger.standing_records(p_subject uuid, p_limit integer)
RETURNS TABLE (record_id uuid, item text, reached bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.record_id, r.item, s.position FROM ledger.view_state s
    LEFT JOIN LATERAL (
        SELECT d.record_id, d.item, d.position FROM ledger.renditions d
        WHERE d.view = 'dossier' AND d.generation = s.generation AND d.subject_id = p_subject
          AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = d.record_id)
        ORDER BY d.position DESC LIMIT p_limit
    ) r ON true
    WHERE s.view = 'dossier' AND s.live
    ORDER BY r.position DESC $$;
GRANT EXECUTE ON FUNCTION ledger.standing_records TO xinlu_writer;

-- Red lists are few rows among many, found by the part under which a dossier holds them.
CREATE INDEX renditions_red ON ledger.renditions (generation, record_id) WHERE view = 'dossier' AND part = 'red';

-- Entries of red lists beside what stands under one of these items in the dossier of the same subject, from after a
-- pair on: whoever is on a red list, and may have a record that its criteria exclude.
CREATE FUNCTION ledger.red_beside(p_items text[], p_after uuid, p_after_record uuid, p_limit integer)
RETURNS TABLE (entry_id uuid, subject_id uuid, record_id uuid, item text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.record_id, e.subject_id, d.record_id, d.item FROM ledger.view_state s
    JOIN ledger.renditions e ON e.view = 'dossier' AND e.part = 'red' AND e.generation = s.generation
    JOIN ledger.renditions d ON d.view = 'dossier' AND d.generation = s.generation AND d.subject_id = e.subject_id
    WHERE s.view = 'dossier' AND s.live AND d.item = ANY (p_items)
      AND (e.record_id, d.record_id) > (p_after, p_after_record)
      AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id IN (e.record_id, d.record_id))
    ORDER BY e.record_id, d.record_id LIMIT p_limit $$;
GRANT EXECUTE ON FUNCTION ledger.red_beside TO xinlu_projector;

-- What takes a record, a listing or an entry of a red list out of every view. The program before this one asks with the
-- old index.
CREATE INDEX records_gone ON ledger.records (position)
    WHERE topic IN ('record.publicity_ended', 'record.withdrawn', 'record.shielded', 'listing.removed',
                    'redlist.removed');
