-- What is stored and hashed from the first event on (STORAGE 4), and the only doors to it.
-- Tables belong to the migrator; every login reaches them through the functions granted below.

CREATE SCHEMA ledger;
REVOKE ALL ON SCHEMA ledger FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO xinlu_writer, xinlu_reader, xinlu_projector, xinlu_auditor;
ALTER DEFAULT PRIVILEGES IN SCHEMA ledger REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- The head of each log: its row is locked by every append, so positions are dense and in commit order.
CREATE TABLE ledger.heads (
    log text PRIMARY KEY CHECK (log IN ('records', 'access')),
    position bigint NOT NULL DEFAULT 0,
    digest bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (length(digest) = 32)
) WITH (fillfactor = 50);
INSERT INTO ledger.heads (log) VALUES ('records'), ('access');

CREATE TABLE ledger.records (
    position bigint PRIMARY KEY CHECK (position > 0),
    stream_id uuid NOT NULL,
    stream_version bigint NOT NULL CHECK (stream_version >= 0),
    topic text NOT NULL,
    schema_version integer NOT NULL CHECK (schema_version > 0),
    recorded_at text NOT NULL CHECK (recorded_at ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$'),
    meta bytea NOT NULL,
    key_ref text NOT NULL,
    sealed bytea NOT NULL,
    leaf bytea NOT NULL CHECK (length(leaf) IN (78, 106)),
    digest bytea NOT NULL CHECK (length(digest) = 32)
);
CREATE INDEX records_stream ON ledger.records (stream_id, stream_version);
CREATE TABLE ledger.access (LIKE ledger.records INCLUDING ALL);

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed or removed' USING ERRCODE = 'XL000';
END $$;
CREATE TRIGGER records_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.records
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER access_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.access
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Optimistic concurrency: the last version of every stream.
CREATE TABLE ledger.streams (
    log text NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (log, id)
) WITH (fillfactor = 80);

-- One legal document once: keyed hash of authority and normalised number. The keyed hash of the content
-- tells the same file sent again from another document under the same number.
CREATE TABLE ledger.documents (
    fingerprint bytea PRIMARY KEY CHECK (length(fingerprint) = 32),
    record_id uuid NOT NULL,
    content_mac bytea NOT NULL CHECK (length(content_mac) = 32)
);

-- Blind index: keyed hash of a normalised identifier -> the subject's random id.
CREATE TABLE ledger.subjects (
    blind bytea PRIMARY KEY CHECK (length(blind) = 32),
    subject_id uuid NOT NULL
);

-- Data keys, one per owner and class, wrapped by a generation key that lives outside the database.
CREATE TABLE ledger.data_keys (
    owner uuid NOT NULL,
    class text NOT NULL,
    generation integer NOT NULL,
    wrapped bytea NOT NULL,
    PRIMARY KEY (owner, class)
);

-- Idempotency: the receipt of every command, for ever; never a body.
CREATE TABLE ledger.inbox (
    department text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
    status integer NOT NULL,
    receipt jsonb NOT NULL,
    PRIMARY KEY (department, key)
);

CREATE TABLE ledger.nonces (
    issuer bytea NOT NULL,
    nonce text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, nonce)
);

-- Records whose publicity or sharing has ended, anti-joined by every read function.
CREATE TABLE ledger.suppressed (
    record_id uuid PRIMARY KEY,
    position bigint NOT NULL
);

-- Uploads that wait for the department's signature; ciphertext only, gone when sealed or expired.
CREATE TABLE ledger.drafts (
    id uuid NOT NULL,
    chunk integer NOT NULL,
    department text NOT NULL,
    expires_at timestamptz NOT NULL,
    generation integer NOT NULL,
    wrapped bytea NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (id, chunk)
);

CREATE FUNCTION ledger.framed(field bytea) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN int4send(length(field)) || field;

-- The one way in. All or nothing: events, side rows and the new head commit together, or an error names
-- what stood in the way: XL001 stream version, XL002 document, XL003 subject, XL004 data key, XL005 guard,
-- XL006 idempotency key.
CREATE FUNCTION ledger.append(
    p_log text,
    p_stream uuid[], p_version bigint[], p_topic text[], p_schema integer[], p_recorded_at text[],
    p_meta bytea[], p_key_ref text[], p_sealed bytea[], p_leaf bytea[],
    p_guard_stream uuid[], p_guard_version bigint[],
    p_document bytea[], p_document_record uuid[], p_document_mac bytea[],
    p_blind bytea[], p_subject uuid[],
    p_key_owner uuid[], p_key_class text[], p_key_generation integer[], p_key_wrapped bytea[],
    p_suppress uuid[],
    p_inbox_department text, p_inbox_key text, p_inbox_fingerprint bytea, p_inbox_status integer,
    p_inbox_receipt jsonb
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
-- A plan made while the tables are small is kept by the session; one that reads them whole would get slower
-- with every event.
SET enable_seqscan = off AS $$
DECLARE
    v_position bigint;
    v_first bigint;
    v_digest bytea;
    v_digests bytea[] := '{}';
    v_count integer := cardinality(p_stream);
BEGIN
    SELECT position, digest INTO STRICT v_position, v_digest FROM ledger.heads WHERE log = p_log FOR UPDATE;
    v_first := v_position + 1;

    IF cardinality(p_guard_stream) > 0 AND EXISTS (
        SELECT FROM unnest(p_guard_stream, p_guard_version) AS g(stream, version)
        WHERE g.version <> coalesce(
            (SELECT s.version FROM ledger.streams s WHERE s.log = 'records' AND s.id = g.stream), 0)
    ) THEN
        RAISE EXCEPTION 'a stream this act depends on has moved' USING ERRCODE = 'XL005';
    END IF;

    IF v_count > 0 THEN
        IF EXISTS (
            SELECT FROM (
                SELECT e.stream, min(e.version) AS low, max(e.version) AS high,
                       count(*) AS n, count(DISTINCT e.version) AS n_distinct,
                       (SELECT s.version FROM ledger.streams s WHERE s.log = p_log AND s.id = e.stream) AS last
                FROM unnest(p_stream, p_version) AS e(stream, version) GROUP BY e.stream
            ) g
            WHERE g.n <> g.high - g.low + 1 OR g.n <> g.n_distinct
               OR CASE WHEN g.last IS NULL THEN g.low NOT IN (0, 1) ELSE g.last <> g.low - 1 END
        ) THEN
            RAISE EXCEPTION 'a stream has moved' USING ERRCODE = 'XL001';
        END IF;
        INSERT INTO ledger.streams (log, id, version)
            SELECT p_log, e.stream, max(e.version)
            FROM unnest(p_stream, p_version) AS e(stream, version) GROUP BY e.stream
            ON CONFLICT (log, id) DO UPDATE SET version = excluded.version;

        FOR i IN 1 .. v_count LOOP
            v_position := v_position + 1;
            v_digest := sha256(convert_to(E'credit/row/v1\n', 'UTF8') || v_digest
                || ledger.framed(int8send(v_position)) || ledger.framed(uuid_send(p_stream[i]))
                || ledger.framed(int8send(p_version[i])) || ledger.framed(convert_to(p_topic[i], 'UTF8'))
                || ledger.framed(int4send(p_schema[i])) || ledger.framed(convert_to(p_recorded_at[i], 'UTF8'))
                || ledger.framed(p_meta[i]) || ledger.framed(convert_to(p_key_ref[i], 'UTF8'))
                || ledger.framed(p_sealed[i]) || ledger.framed(p_leaf[i]));
            v_digests[i] := v_digest;
        END LOOP;

        IF p_log = 'records' THEN
            INSERT INTO ledger.records
                SELECT v_first + e.n - 1, e.stream, e.version, e.topic, e.schema, e.at, e.meta, e.key_ref,
                       e.sealed, e.leaf, e.digest
                FROM unnest(p_stream, p_version, p_topic, p_schema, p_recorded_at, p_meta, p_key_ref, p_sealed,
                            p_leaf, v_digests) WITH ORDINALITY
                    AS e(stream, version, topic, schema, at, meta, key_ref, sealed, leaf, digest, n);
        ELSE
            INSERT INTO ledger.access
                SELECT v_first + e.n - 1, e.stream, e.version, e.topic, e.schema, e.at, e.meta, e.key_ref,
                       e.sealed, e.leaf, e.digest
                FROM unnest(p_stream, p_version, p_topic, p_schema, p_recorded_at, p_meta, p_key_ref, p_sealed,
                            p_leaf, v_digests) WITH ORDINALITY
                    AS e(stream, version, topic, schema, at, meta, key_ref, sealed, leaf, digest, n);
        END IF;
        UPDATE ledger.heads SET position = v_position, digest = v_digest WHERE log = p_log;
        PERFORM pg_notify('xinlu_' || p_log, v_position::text);
    END IF;

    BEGIN
        INSERT INTO ledger.documents (fingerprint, record_id, content_mac)
            SELECT * FROM unnest(p_document, p_document_record, p_document_mac);
    EXCEPTION WHEN unique_violation THEN
        RAISE EXCEPTION 'a document is recorded already' USING ERRCODE = 'XL002';
    END;
    BEGIN
        INSERT INTO ledger.subjects (blind, subject_id) SELECT * FROM unnest(p_blind, p_subject);
    EXCEPTION WHEN unique_violation THEN
        RAISE EXCEPTION 'a subject is registered already' USING ERRCODE = 'XL003';
    END;
    BEGIN
        INSERT INTO ledger.data_keys (owner, class, generation, wrapped)
            SELECT * FROM unnest(p_key_owner, p_key_class, p_key_generation, p_key_wrapped);
    EXCEPTION WHEN unique_violation THEN
        RAISE EXCEPTION 'a data key exists already' USING ERRCODE = 'XL004';
    END;
    INSERT INTO ledger.suppressed (record_id, position) SELECT r, v_position FROM unnest(p_suppress) AS r
        ON CONFLICT DO NOTHING;
    IF p_inbox_key IS NOT NULL THEN
        BEGIN
            INSERT INTO ledger.inbox (department, key, fingerprint, status, receipt)
            VALUES (p_inbox_department, p_inbox_key, p_inbox_fingerprint, p_inbox_status, p_inbox_receipt);
        EXCEPTION WHEN unique_violation THEN
            RAISE EXCEPTION 'the idempotency key is used already' USING ERRCODE = 'XL006';
        END;
    END IF;
    RETURN v_first;
END $$;

CREATE FUNCTION ledger.load_stream(
    p_log text, p_stream uuid, p_after bigint, p_until bigint, p_descending boolean, p_limit bigint
) RETURNS SETOF ledger.records LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_log = 'records' THEN
        RETURN QUERY SELECT * FROM ledger.records r
            WHERE r.stream_id = p_stream AND r.stream_version > coalesce(p_after, -1)
              AND r.stream_version <= coalesce(p_until, 9223372036854775807)
            ORDER BY CASE WHEN p_descending THEN -r.stream_version ELSE r.stream_version END LIMIT p_limit;
    ELSE
        RETURN QUERY SELECT a.* FROM ledger.access a
            WHERE a.stream_id = p_stream AND a.stream_version > coalesce(p_after, -1)
              AND a.stream_version <= coalesce(p_until, 9223372036854775807)
            ORDER BY CASE WHEN p_descending THEN -a.stream_version ELSE a.stream_version END LIMIT p_limit;
    END IF;
END $$;

CREATE FUNCTION ledger.subjects_of(p_blind bytea[]) RETURNS SETOF ledger.subjects
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM ledger.subjects WHERE blind = ANY (p_blind) $$;

CREATE FUNCTION ledger.documents_of(p_fingerprint bytea[]) RETURNS SETOF ledger.documents
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM ledger.documents WHERE fingerprint = ANY (p_fingerprint) $$;

CREATE FUNCTION ledger.data_keys_of(p_owner uuid[]) RETURNS SETOF ledger.data_keys
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM ledger.data_keys WHERE owner = ANY (p_owner) $$;

CREATE FUNCTION ledger.receipt_of(p_department text, p_key text) RETURNS SETOF ledger.inbox
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM ledger.inbox WHERE department = p_department AND key = p_key $$;

-- True once per issuer and nonce; false is a replay. Expired nonces leave a few at a time.
CREATE FUNCTION ledger.use_nonce(p_issuer bytea, p_nonce text, p_now timestamptz, p_expires timestamptz)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM ledger.nonces n USING (
        SELECT issuer, nonce FROM ledger.nonces WHERE expires_at < p_now LIMIT 100 FOR UPDATE SKIP LOCKED
    ) old WHERE n.issuer = old.issuer AND n.nonce = old.nonce;
    INSERT INTO ledger.nonces VALUES (p_issuer, p_nonce, p_expires) ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;

CREATE FUNCTION ledger.save_draft(
    p_id uuid, p_chunk integer[], p_department text, p_now timestamptz, p_expires timestamptz,
    p_generation integer, p_wrapped bytea, p_sealed bytea[]
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM ledger.drafts WHERE expires_at < p_now;
    INSERT INTO ledger.drafts
        SELECT p_id, c.chunk, p_department, p_expires, p_generation, p_wrapped, c.sealed
        FROM unnest(p_chunk, p_sealed) AS c(chunk, sealed) $$;

CREATE FUNCTION ledger.load_draft(p_id uuid, p_department text, p_now timestamptz, p_chunk integer)
RETURNS SETOF ledger.drafts LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM ledger.drafts
    WHERE id = p_id AND department = p_department AND expires_at >= p_now AND chunk = p_chunk $$;

CREATE FUNCTION ledger.drop_draft(p_id uuid, p_department text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM ledger.drafts WHERE id = p_id AND department = p_department $$;

GRANT EXECUTE ON FUNCTION
    ledger.append, ledger.load_stream, ledger.subjects_of, ledger.documents_of, ledger.data_keys_of,
    ledger.receipt_of, ledger.use_nonce, ledger.save_draft, ledger.load_draft, ledger.drop_draft
    TO xinlu_writer;
GRANT EXECUTE ON FUNCTION ledger.framed TO xinlu_auditor;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO xinlu_auditor;
GRANT SELECT ON ledger.records, ledger.access, ledger.heads, ledger.streams, ledger.data_keys TO xinlu_projector;
