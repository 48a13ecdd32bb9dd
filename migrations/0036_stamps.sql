-- Time stamps of checkpoints (RFC 3161): the note as it was published when it was stamped, and the authority's token.
-- Nobody can make a token again, so they are kept here; the published folder holds copies.
CREATE TABLE ledger.stamps (
    log text NOT NULL REFERENCES ledger.trees (log),
    size bigint NOT NULL CHECK (size > 0),
    note bytea NOT NULL,
    token bytea NOT NULL CHECK (length(token) <= 32768),
    PRIMARY KEY (log, size)
);
CREATE TRIGGER stamps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.stamps
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- The first stamp of a tree stays; what is there is given back.
CREATE FUNCTION ledger.keep_stamp(p_log text, p_size bigint, p_note bytea, p_token bytea)
RETURNS TABLE (note bytea, token bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ledger.stamps (log, size, note, token) VALUES (p_log, p_size, p_note, p_token)
        ON CONFLICT DO NOTHING;
    RETURN QUERY SELECT s.note, s.token FROM ledger.stamps s WHERE s.log = p_log AND s.size = p_size;
END $$;

CREATE FUNCTION ledger.stamps_after(p_log text, p_after bigint, p_limit integer)
RETURNS TABLE (size bigint, note bytea, token bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT size, note, token FROM ledger.stamps
    WHERE log = p_log AND size > p_after ORDER BY size LIMIT p_limit $$;

GRANT EXECUTE ON FUNCTION ledger.keep_stamp, ledger.stamps_after TO xinlu_sequencer;
GRANT SELECT ON ledger.stamps TO xinlu_auditor;
