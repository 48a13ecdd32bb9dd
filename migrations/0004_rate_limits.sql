-- How often someone has asked within the running window, shared by all workers; and what operators may see.
-- The counts are disposable: a crash of the database empties them, and nobody is named in them (the key is a
-- keyed hash of a client's address or of a department's code).

CREATE UNLOGGED TABLE ledger.request_counts (
    bucket text NOT NULL,
    key bytea NOT NULL CHECK (length(key) = 32),
    ends_at timestamptz NOT NULL,
    count integer NOT NULL,
    PRIMARY KEY (bucket, key, ends_at)
) WITH (fillfactor = 50);
CREATE INDEX request_counts_ends ON ledger.request_counts (ends_at);

-- True while at most p_most requests were counted in the window that ends at p_ends. Counts of windows that are
-- well over (clocks of machines differ) leave a few at a time; a count beyond the limit is not written again, so a flood writes nothing.
CREATE FUNCTION ledger.count_request(
    p_bucket text, p_key bytea, p_now timestamptz, p_ends timestamptz, p_most integer
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM ledger.request_counts c USING (
        SELECT bucket, key, ends_at FROM ledger.request_counts WHERE ends_at < p_now - interval '1 minute'
        ORDER BY ends_at LIMIT 20 FOR UPDATE SKIP LOCKED
    ) old WHERE c.bucket = old.bucket AND c.key = old.key AND c.ends_at = old.ends_at;
    INSERT INTO ledger.request_counts AS c VALUES (p_bucket, p_key, p_ends, 1)
        ON CONFLICT (bucket, key, ends_at) DO UPDATE SET count = c.count + 1 WHERE c.count < p_most;
    RETURN FOUND;
END $$;

-- Readiness and metrics: the schema's head, the heads of both logs, how far each live view is, and how many
-- drafts wait. Numbers only. Where the migrator keeps its list depends on its search path.
DO $migrations$ BEGIN
    EXECUTE format($create$
        CREATE FUNCTION ledger.operations(p_now timestamptz)
        RETURNS TABLE (
            migration text, records_position bigint, access_position bigint, views text[], positions bigint[],
            drafts bigint
        )
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
            SELECT (SELECT max(name) FROM %s),
                   (SELECT position FROM ledger.heads WHERE log = 'records'),
                   (SELECT position FROM ledger.heads WHERE log = 'access'),
                   array(SELECT view FROM ledger.view_state WHERE live ORDER BY view),
                   array(SELECT position FROM ledger.view_state WHERE live ORDER BY view),
                   (SELECT count(DISTINCT id) FROM ledger.drafts WHERE expires_at >= p_now) $body$
        $create$,
        (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = 'schema_migrations'::regclass));
END $migrations$;

GRANT EXECUTE ON FUNCTION ledger.count_request, ledger.operations TO xinlu_reader;
