-- The purposes that the credit office registered are told to anyone (QRY-1, 49号(十三)): governing events too, few and wanted
-- whole. The condition of the index stands in the function word for word.

CREATE INDEX records_governing ON ledger.records (topic, position) WHERE topic IN (
    'department.registered', 'catalogue.item_drafted', 'catalogue.item_adopted', 'catalogue.item_suspended',
    'instrument.entered', 'instrument.return_filed', 'instrument.overdue', 'instrument.notice_issued',
    'list.standard_drafted', 'list.standard_adopted', 'list.standard_suspended', 'purpose.registered');

CREATE OR REPLACE FUNCTION ledger.governing_rows(p_topic text[]) RETURNS SETOF ledger.records
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.* FROM ledger.records r
    WHERE r.topic IN (
        'department.registered', 'catalogue.item_drafted', 'catalogue.item_adopted', 'catalogue.item_suspended',
        'instrument.entered', 'instrument.return_filed', 'instrument.overdue', 'instrument.notice_issued',
        'list.standard_drafted', 'list.standard_adopted', 'list.standard_suspended', 'purpose.registered')
      AND r.topic = ANY (p_topic)
    ORDER BY r.position $$;

DROP INDEX ledger.records_governing_lists;
