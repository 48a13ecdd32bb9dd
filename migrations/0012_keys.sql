-- The acts about keys of everyone who signs; there are few, and rotation and its list start from them.

CREATE INDEX records_keys ON ledger.records (position)
    WHERE topic IN ('key.registered', 'key.revoked', 'key.log_announced', 'key.log_retired');
CREATE FUNCTION ledger.key_acts() RETURNS SETOF ledger.records
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM ledger.records
    WHERE topic IN ('key.registered', 'key.revoked', 'key.log_announced', 'key.log_retired')
    ORDER BY position $$;
GRANT EXECUTE ON FUNCTION ledger.key_acts TO xinlu_writer;
