-- Log before read (STORAGE 6): the access event is written, committed, and only then are bytes given out.
-- The reader's login holds no SELECT; it calls ledger.logged_read outside a transaction.

-- What an access event announced to be read. A row is used up by the read that it allows.
CREATE TABLE ledger.announced_reads (
    position bigint NOT NULL,
    record_id uuid NOT NULL,
    part text NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    -- The top-level transaction that wrote it: a reader inside that very transaction gets nothing.
    written_by xid8 NOT NULL,
    PRIMARY KEY (position, record_id, part)
);
GRANT SELECT ON ledger.announced_reads TO xinlu_auditor;

-- What could be shown of subjects on a day in the shared view: never the bytes, only their digests.
CREATE FUNCTION ledger.shared_listing(p_subject uuid[], p_on date, p_limit integer)
RETURNS TABLE (
    subject_id uuid, record_id uuid, part text, item text, record_position bigint, until date,
    key_owner uuid, key_class text, digest bytea
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.subject_id, r.record_id, r.part, r.item, r.position, r.until, r.key_owner, r.key_class,
           sha256(r.bytes)
    FROM unnest(p_subject) AS asked(id)
    CROSS JOIN LATERAL (
        -- OFFSET 0 keeps this a look-up by subject, whatever the planner believes of a store not analysed yet.
        SELECT * FROM ledger.renditions
        WHERE subject_id = asked.id AND view = 'shared'
          AND generation = (SELECT generation FROM ledger.view_state WHERE view = 'shared' AND live)
        OFFSET 0
    ) r
    WHERE (r.until IS NULL OR r.until >= p_on)
      AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = r.record_id)
    ORDER BY r.subject_id, r.position DESC, r.part LIMIT p_limit $$;

-- How far the live generation of a view is.
CREATE FUNCTION ledger.view_position(p_view text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT position FROM ledger.view_state WHERE view = p_view AND live $$;

CREATE FUNCTION ledger.access_versions(p_subject uuid[]) RETURNS TABLE (subject_id uuid, version bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT id, version FROM ledger.streams WHERE log = 'access' AND id = ANY (p_subject) $$;

-- Writes access events and what they announce; the guards are streams of the records log that the decision
-- relied on, such as a consent. p_read_event is the event (1 = first) that a read belongs to.
CREATE FUNCTION ledger.log_access(
    p_stream uuid[], p_version bigint[], p_topic text[], p_schema integer[], p_recorded_at text[],
    p_meta bytea[], p_key_ref text[], p_sealed bytea[], p_leaf bytea[],
    p_key_owner uuid[], p_key_class text[], p_key_generation integer[], p_key_wrapped bytea[],
    p_guard_stream uuid[], p_guard_version bigint[],
    p_read_event integer[], p_read_record uuid[], p_read_part text[], p_read_digest bytea[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_first bigint;
BEGIN
    v_first := ledger.append(
        'access', p_stream, p_version, p_topic, p_schema, p_recorded_at, p_meta, p_key_ref, p_sealed, p_leaf,
        p_guard_stream, p_guard_version, '{}'::bytea[], '{}'::uuid[], '{}'::bytea[], '{}'::bytea[], '{}'::uuid[],
        p_key_owner, p_key_class, p_key_generation, p_key_wrapped, '{}'::uuid[],
        NULL, NULL, NULL, NULL, NULL);
    INSERT INTO ledger.announced_reads
        SELECT v_first + r.event - 1, r.record, r.part, r.digest, pg_current_xact_id()
        FROM unnest(p_read_event, p_read_record, p_read_part, p_read_digest) AS r(event, record, part, digest);
    RETURN v_first;
END $$;

-- The announced bytes, in the order asked for: only for an event that an earlier transaction committed in the
-- list of the very subject that the record is about,
-- only while the bytes are those announced, only once; NULL for anything else.
CREATE FUNCTION ledger.read_announced(p_position bigint[], p_record uuid[], p_part text[], p_on date)
RETURNS bytea[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_bytes bytea[];
BEGIN
    SELECT array_agg(found.bytes ORDER BY asked.n) INTO v_bytes
    FROM unnest(p_position, p_record, p_part) WITH ORDINALITY AS asked(position, record, part, n)
    LEFT JOIN LATERAL (
        SELECT r.bytes
        FROM ledger.announced_reads a
        JOIN ledger.access e ON e.position = a.position
        JOIN ledger.renditions r ON r.record_id = a.record_id AND r.part = a.part AND r.view = 'shared'
            AND r.subject_id = e.stream_id
        JOIN ledger.view_state s ON s.view = r.view AND s.generation = r.generation AND s.live
        WHERE a.position = asked.position AND a.record_id = asked.record AND a.part = asked.part
          AND a.written_by <> pg_current_xact_id() AND sha256(r.bytes) = a.digest
          AND (r.until IS NULL OR r.until >= p_on)
          AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = r.record_id)
    ) found ON true;
    DELETE FROM ledger.announced_reads a USING unnest(p_position, p_record, p_part) AS asked(position, record, part)
        WHERE a.position = asked.position AND a.record_id = asked.record AND a.part = asked.part
          AND a.written_by <> pg_current_xact_id();
    RETURN v_bytes;
END $$;

-- One CALL, sent outside a transaction. Inside one, COMMIT is refused and nothing is read.
CREATE PROCEDURE ledger.logged_read(
    p_stream uuid[], p_version bigint[], p_topic text[], p_schema integer[], p_recorded_at text[],
    p_meta bytea[], p_key_ref text[], p_sealed bytea[], p_leaf bytea[],
    p_key_owner uuid[], p_key_class text[], p_key_generation integer[], p_key_wrapped bytea[],
    p_guard_stream uuid[], p_guard_version bigint[],
    p_read_event integer[], p_read_record uuid[], p_read_part text[], p_read_digest bytea[], p_on date,
    INOUT p_first bigint, INOUT p_bytes bytea[]
) LANGUAGE plpgsql AS $$
BEGIN
    p_first := ledger.log_access(
        p_stream, p_version, p_topic, p_schema, p_recorded_at, p_meta, p_key_ref, p_sealed, p_leaf,
        p_key_owner, p_key_class, p_key_generation, p_key_wrapped, p_guard_stream, p_guard_version,
        p_read_event, p_read_record, p_read_part, p_read_digest);
    COMMIT;
    p_bytes := ledger.read_announced(
        ARRAY(SELECT p_first + e - 1 FROM unnest(p_read_event) WITH ORDINALITY AS x(e, n) ORDER BY n),
        p_read_record, p_read_part, p_on);
END $$;

-- Which records a subject has, whatever became of them: for the subject itself.
CREATE FUNCTION ledger.dossier_records(p_subject uuid, p_limit integer)
RETURNS TABLE (record_id uuid, item text, record_position bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.record_id, r.item, r.position FROM ledger.renditions r
    JOIN ledger.view_state s ON s.view = r.view AND s.generation = r.generation AND s.live
    WHERE r.view = 'dossier' AND r.subject_id = p_subject ORDER BY r.position DESC LIMIT p_limit $$;

GRANT EXECUTE ON FUNCTION
    ledger.dossier_records, ledger.shared_listing, ledger.view_position, ledger.access_versions,
    ledger.log_access, ledger.read_announced, ledger.subjects_of TO xinlu_reader;
GRANT EXECUTE ON PROCEDURE ledger.logged_read TO xinlu_reader;
