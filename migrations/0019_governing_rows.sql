-- Events that say who takes part, what may be recorded and which documents are being cleaned up: few, wanted whole, and
-- found without reading any record. The condition of the index stands in the function word for word.

CREATE INDEX records_governing ON ledger.records (topic, position) WHERE topic IN (
    'department.registered', 'catalogue.item_drafted', 'catalogue.item_adopted', 'catalogue.item_suspended',
    'instrument.entered', 'instrument.return_filed', 'instrument.overdue', 'instrument.notice_issued');

-- The events of these topics in order of position; of topics that are not named above there are none.
CREATE FUNCTION ledger.governing_rows(p_topic text[]) RETURNS SETOF ledger.records
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.* FROM ledger.records r
    WHERE r.topic IN (
        'department.registered', 'catalogue.item_drafted', 'catalogue.item_adopted', 'catalogue.item_suspended',
        'instrument.entered', 'instrument.return_filed', 'instrument.overdue', 'instrument.notice_issued')
      AND r.topic = ANY (p_topic)
    ORDER BY r.position $$;

GRANT EXECUTE ON FUNCTION ledger.governing_rows TO xinlu_writer;
