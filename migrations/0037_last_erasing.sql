-- Where the last erasure stands, 0 before the first: what was asked before it and is told after it is asked again.
CREATE FUNCTION ledger.last_erasing() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(max(position), 0) FROM ledger.records WHERE topic = 'data.erased' $$;
GRANT EXECUTE ON FUNCTION ledger.last_erasing TO xinlu_writer;
