-- What each view shows, ready to send, and the functions through which the web process may read it.
-- Views are disposable: rebuilt beside the live generation, compared, then swapped by one row.

CREATE TABLE ledger.view_state (
    view text NOT NULL,
    generation integer NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    live boolean NOT NULL DEFAULT false,
    PRIMARY KEY (view, generation)
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX view_state_live ON ledger.view_state (view) WHERE live;

-- part: the payload part shown. key_owner and key_class name the data key that the bytes are sealed under;
-- without one they are in the clear (organisations in the public view only).
CREATE TABLE ledger.renditions (
    view text NOT NULL,
    generation integer NOT NULL,
    record_id uuid NOT NULL,
    part text NOT NULL,
    subject_id uuid NOT NULL,
    item text NOT NULL,
    position bigint NOT NULL,
    until date,
    key_owner uuid,
    key_class text,
    bytes bytea NOT NULL,
    PRIMARY KEY (view, generation, record_id, part)
);
CREATE INDEX renditions_subject ON ledger.renditions (subject_id, view, generation);

-- Exact names by keyed hash, for look-up by name in the public view.
CREATE TABLE ledger.view_names (
    view text NOT NULL,
    generation integer NOT NULL,
    blind bytea NOT NULL,
    subject_id uuid NOT NULL,
    PRIMARY KEY (view, generation, blind, subject_id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON ledger.view_state, ledger.renditions, ledger.view_names TO xinlu_projector;
GRANT SELECT ON ledger.view_state, ledger.renditions, ledger.view_names TO xinlu_auditor;

CREATE FUNCTION ledger.public_subjects(p_blind bytea) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT subject_id FROM ledger.subjects WHERE blind = p_blind
    UNION
    SELECT n.subject_id FROM ledger.view_names n
    JOIN ledger.view_state s ON s.view = n.view AND s.generation = n.generation AND s.live
    WHERE n.view = 'public' AND n.blind = p_blind $$;

-- The public records of one subject on a day: the day's date ends publicity at once, whether or not the act
-- that ends it has been recorded yet.
CREATE FUNCTION ledger.public_records(p_subject uuid, p_on date, p_limit integer)
RETURNS TABLE (
    record_id uuid, part text, item text, record_position bigint, until date,
    key_owner uuid, key_class text, bytes bytea
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.record_id, r.part, r.item, r.position, r.until, r.key_owner, r.key_class, r.bytes FROM ledger.renditions r
    JOIN ledger.view_state s ON s.view = r.view AND s.generation = r.generation AND s.live
    WHERE r.view = 'public' AND r.subject_id = p_subject AND (r.until IS NULL OR r.until >= p_on)
      AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = r.record_id)
    ORDER BY r.position DESC LIMIT p_limit $$;

CREATE FUNCTION ledger.public_record(p_record uuid, p_on date)
RETURNS TABLE (
    subject_id uuid, part text, item text, record_position bigint, until date,
    key_owner uuid, key_class text, bytes bytea
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.subject_id, r.part, r.item, r.position, r.until, r.key_owner, r.key_class, r.bytes FROM ledger.renditions r
    JOIN ledger.view_state s ON s.view = r.view AND s.generation = r.generation AND s.live
    WHERE r.view = 'public' AND r.record_id = p_record AND (r.until IS NULL OR r.until >= p_on)
      AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = r.record_id) $$;

-- Health and the front page: heads, lags and how many records are public now; names nobody.
CREATE FUNCTION ledger.status(p_on date)
RETURNS TABLE (records_position bigint, access_position bigint, public_position bigint, public_count bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT (SELECT position FROM ledger.heads WHERE log = 'records'),
           (SELECT position FROM ledger.heads WHERE log = 'access'),
           (SELECT position FROM ledger.view_state WHERE view = 'public' AND live),
           (SELECT count(*) FROM ledger.renditions r
            JOIN ledger.view_state s ON s.view = r.view AND s.generation = r.generation AND s.live
            WHERE r.view = 'public' AND (r.until IS NULL OR r.until >= p_on)
              AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = r.record_id)) $$;

-- Records whose term ended before a day and that no act has ended yet.
CREATE FUNCTION ledger.terms_over(p_on date, p_limit integer)
RETURNS TABLE (record_id uuid, until date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT r.record_id, r.until FROM ledger.renditions r
    JOIN ledger.view_state s ON s.view = r.view AND s.generation = r.generation AND s.live
    WHERE r.until < p_on
      AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = r.record_id)
    ORDER BY r.until, r.record_id LIMIT p_limit $$;

GRANT EXECUTE ON FUNCTION
    ledger.public_subjects, ledger.public_records, ledger.public_record, ledger.status TO xinlu_reader;
GRANT EXECUTE ON FUNCTION ledger.terms_over TO xinlu_projector;
GRANT EXECUTE ON FUNCTION ledger.data_keys_of TO xinlu_reader;
