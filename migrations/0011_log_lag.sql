-- For operators: how far each tree is behind its log, and since when its oldest entry waits. Numbers and one instant.
CREATE FUNCTION ledger.log_lag() RETURNS TABLE (log text, waiting bigint, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.log, h.position - t.size, e.recorded_at::timestamptz
    FROM ledger.trees t JOIN ledger.heads h USING (log)
    LEFT JOIN LATERAL (
        SELECT recorded_at FROM ledger.records WHERE t.log = 'records' AND position = t.size + 1
        UNION ALL
        SELECT recorded_at FROM ledger.access WHERE t.log = 'access' AND position = t.size + 1
    ) e ON true
    ORDER BY t.log $$;
GRANT EXECUTE ON FUNCTION ledger.log_lag TO xinlu_reader;
