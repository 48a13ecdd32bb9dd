-- Measures: the measures list is found whole without reading any record; open cases are found by the record that they
-- are about, so that what takes a record away finds the measures that rest on it.
-- The condition of the index stands in the function word for word.

CREATE INDEX records_measure_items ON ledger.records (position) WHERE topic IN (
    'measure.item_drafted', 'measure.item_adopted', 'measure.item_suspended');

CREATE FUNCTION ledger.measure_list() RETURNS SETOF ledger.records
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.* FROM ledger.records r
    WHERE r.topic IN ('measure.item_drafted', 'measure.item_adopted', 'measure.item_suspended')
    ORDER BY r.position $$;

-- Open cases of a kind about any of these records.
CREATE FUNCTION ledger.open_cases_about(p_kind text, p_records uuid[]) RETURNS TABLE (case_id uuid, record_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.case_id, c.record_id FROM ledger.open_cases c
    WHERE c.record_id = ANY (p_records) AND c.kind = p_kind ORDER BY c.position, c.case_id $$;

GRANT EXECUTE ON FUNCTION ledger.measure_list, ledger.open_cases_about TO xinlu_writer;
