-- What rests on a document that is not executed stops (INS-2): the standards of lists are governing events too, wanted whole
-- and found without reading any record, and the measures that are open are found one page after another.
-- The condition of the index stands in the function word for word.

CREATE INDEX records_governing_lists ON ledger.records (topic, position) WHERE topic IN (
    'department.registered', 'catalogue.item_drafted', 'catalogue.item_adopted', 'catalogue.item_suspended',
    'instrument.entered', 'instrument.return_filed', 'instrument.overdue', 'instrument.notice_issued',
    'list.standard_drafted', 'list.standard_adopted', 'list.standard_suspended');

CREATE OR REPLACE FUNCTION ledger.governing_rows(p_topic text[]) RETURNS SETOF ledger.records
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.* FROM ledger.records r
    WHERE r.topic IN (
        'department.registered', 'catalogue.item_drafted', 'catalogue.item_adopted', 'catalogue.item_suspended',
        'instrument.entered', 'instrument.return_filed', 'instrument.overdue', 'instrument.notice_issued',
        'list.standard_drafted', 'list.standard_adopted', 'list.standard_suspended')
      AND r.topic = ANY (p_topic)
    ORDER BY r.position $$;

DROP INDEX ledger.records_governing;

-- Cases of a kind that are open, by id from after one on.
CREATE INDEX open_cases_of_kind ON ledger.open_cases (kind, case_id);

CREATE FUNCTION ledger.open_cases_from(p_kind text, p_after uuid, p_limit integer) RETURNS TABLE (case_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.case_id FROM ledger.open_cases c
    WHERE c.kind = p_kind AND c.case_id > p_after ORDER BY c.case_id LIMIT p_limit $$;

GRANT EXECUTE ON FUNCTION ledger.open_cases_from TO xinlu_writer;

-- The party's own day for a statement is counted again too (LST-5): the runner looks at every listing case once.
UPDATE ledger.open_cases SET counted_by = -1 WHERE kind = 'listing' AND counted_by IS NULL;
