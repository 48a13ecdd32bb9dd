-- Erasure: the keys of what is erased go, everything else is wrapped anew, and only then is the old generation key
-- destroyed (STORAGE 3, FORMATS 5.7). One login may do it, through the functions below; events are never touched.

GRANT USAGE ON SCHEMA ledger TO xinlu_eraser;

-- An erased data key leaves its name behind (generation 0, no bytes), so that nobody draws a new key under it.
-- Class '*' is a whole owner that is gone: a subject, or a record or case whose public part was erased.

-- current: no key is stored under an older generation. pending: the one that everything shall be under; they
-- differ from the erasing act until its new generation key is in use.
CREATE TABLE ledger.key_state (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    current integer NOT NULL DEFAULT 1,
    pending integer NOT NULL DEFAULT 1 CHECK (pending >= current)
);
INSERT INTO ledger.key_state DEFAULT VALUES;
GRANT SELECT ON ledger.key_state TO xinlu_auditor;

-- Whoever stores a key holds this lock in common; whoever begins a generation holds it alone. So no key under the
-- old generation is still on its way when wrapping anew begins.
CREATE FUNCTION ledger.key_lock() RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN 7811604129011503;

CREATE FUNCTION ledger.refuse_old_generation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM added WHERE generation > 0) THEN
        PERFORM pg_advisory_xact_lock_shared(ledger.key_lock());
        IF EXISTS (SELECT FROM added WHERE generation > 0
                   AND generation < (SELECT current FROM ledger.key_state)) THEN
            RAISE EXCEPTION 'a key is wrapped under a generation that ends' USING ERRCODE = 'XL007';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER data_keys_generation AFTER INSERT ON ledger.data_keys REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_old_generation();
CREATE TRIGGER drafts_generation AFTER INSERT ON ledger.drafts REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_old_generation();

-- ledger.append as before, and nothing is sealed under a key that was erased since it was read: the head's row is
-- locked, so an erasure is wholly before or wholly after.
ALTER FUNCTION ledger.append RENAME TO append_rows;
REVOKE EXECUTE ON FUNCTION ledger.append_rows FROM xinlu_writer;
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
SET enable_seqscan = off AS $$
DECLARE
    v_first bigint;
BEGIN
    IF 0 >= ANY (p_key_generation) OR '*' = ANY (p_key_class) THEN
        RAISE EXCEPTION 'no such generation' USING ERRCODE = 'XL007';
    END IF;
    v_first := ledger.append_rows(
        p_log, p_stream, p_version, p_topic, p_schema, p_recorded_at, p_meta, p_key_ref, p_sealed, p_leaf,
        p_guard_stream, p_guard_version, p_document, p_document_record, p_document_mac, p_blind, p_subject,
        p_key_owner, p_key_class, p_key_generation, p_key_wrapped, p_suppress,
        p_inbox_department, p_inbox_key, p_inbox_fingerprint, p_inbox_status, p_inbox_receipt);
    IF EXISTS (
        SELECT FROM (
            SELECT DISTINCT split_part(part, '=', 2) AS name
            FROM unnest(p_key_ref) AS r(ref), unnest(string_to_array(r.ref, ';')) AS part
        ) used
        WHERE used.name LIKE '________-____-____-____-____________/_%' AND NOT EXISTS (
            SELECT FROM ledger.data_keys k
            WHERE k.owner = CASE WHEN used.name LIKE '________-____-____-____-____________/_%'
                            THEN left(used.name, 36)::uuid END
              AND k.class = substr(used.name, 38) AND k.generation > 0)
    ) OR EXISTS (
        SELECT FROM ledger.data_keys k WHERE k.owner = ANY (p_key_owner) AND k.class = '*'
    ) THEN
        RAISE EXCEPTION 'a data key was erased' USING ERRCODE = 'XL004';
    END IF;
    RETURN v_first;
END $$;
GRANT EXECUTE ON FUNCTION ledger.append TO xinlu_writer;

-- Few keys among many: the triggers below ask for them at every fold.
CREATE INDEX data_keys_erased ON ledger.data_keys (owner, class) WHERE generation = 0;

-- A projector that opened a row before its erasure may write after it: what it writes goes again at once.
CREATE FUNCTION ledger.drop_erased_renditions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM ledger.renditions r USING (
        SELECT a.view, a.generation, a.record_id, a.part FROM added a
            JOIN ledger.data_keys k ON k.generation = 0 AND k.owner = a.record_id AND k.class = '*'
        UNION SELECT a.view, a.generation, a.record_id, a.part FROM added a
            JOIN ledger.data_keys k ON k.generation = 0 AND k.owner = a.subject_id AND k.class = '*'
        UNION SELECT a.view, a.generation, a.record_id, a.part FROM added a
            JOIN ledger.data_keys k ON k.generation = 0 AND k.owner = a.key_owner AND k.class = a.key_class
    ) gone
    WHERE r.view = gone.view AND r.generation = gone.generation AND r.record_id = gone.record_id
      AND r.part = gone.part;
    RETURN NULL;
END $$;
CREATE TRIGGER renditions_not_erased AFTER INSERT ON ledger.renditions REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.drop_erased_renditions();
CREATE FUNCTION ledger.drop_erased_names() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM ledger.view_names n USING added a, ledger.data_keys k
    WHERE n.view = a.view AND n.generation = a.generation AND n.blind = a.blind AND n.subject_id = a.subject_id
      AND k.generation = 0 AND k.owner = a.subject_id AND k.class = '*';
    RETURN NULL;
END $$;
CREATE TRIGGER view_names_not_erased AFTER INSERT ON ledger.view_names REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.drop_erased_names();

-- Few rows among many: what was asked to be erased; how far it is stands in each one's own stream.
CREATE INDEX records_erasures ON ledger.records (position) WHERE topic = 'erasure.requested';
CREATE FUNCTION ledger.erasures() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT stream_id FROM ledger.records WHERE topic = 'erasure.requested' ORDER BY position $$;

-- Events with a part under a key of an owner, from a position on up to another.
CREATE FUNCTION ledger.rows_under(p_log text, p_owner uuid, p_after bigint, p_until bigint, p_limit bigint)
RETURNS SETOF ledger.records LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT * FROM ledger.%I WHERE position > $1 AND position <= $2 AND strpos(key_ref, $3) > 0'
        ' ORDER BY position LIMIT $4', p_log)
        USING p_after, p_until, p_owner::text, p_limit;
END $$;
CREATE FUNCTION ledger.log_heads() RETURNS TABLE (log text, head bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT h.log, h.position FROM ledger.heads h $$;

-- The act: the events that name what is erased, and with them the keys, and everything that shows or finds it.
-- p_owner and p_class are the keys, p_dead the owners that are gone whole, p_record the streams of which any part
-- was erased, p_unfound the subjects whose identifier was erased. p_searched says up to which positions of records
-- and access the caller looked for rows under these keys; XL005 when there is one beyond.
CREATE FUNCTION ledger.erase(
    p_stream uuid[], p_version bigint[], p_topic text[], p_schema integer[], p_recorded_at text[],
    p_meta bytea[], p_key_ref text[], p_sealed bytea[], p_leaf bytea[],
    p_owner uuid[], p_class text[], p_dead uuid[], p_record uuid[], p_unfound uuid[],
    p_searched bigint[], p_generation integer
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_first bigint;
    v_names text[] := ARRAY(SELECT '=' || o || '/' || c || ';' FROM unnest(p_owner, p_class) AS k(o, c));
BEGIN
    -- The views first: they may be held for long by a rebuild that swaps, and nobody waits for them under a head.
    PERFORM FROM ledger.view_state ORDER BY view, generation FOR UPDATE;
    PERFORM FROM ledger.heads WHERE log = 'records' FOR UPDATE;
    PERFORM FROM ledger.heads WHERE log = 'access' FOR UPDATE;
    IF EXISTS (SELECT FROM ledger.records r, unnest(v_names) AS n(name)
               WHERE r.position > p_searched[1] AND strpos(r.key_ref || ';', n.name) > 0)
       OR EXISTS (SELECT FROM ledger.access a, unnest(v_names) AS n(name)
                  WHERE a.position > p_searched[2] AND strpos(a.key_ref || ';', n.name) > 0) THEN
        RAISE EXCEPTION 'more was sealed under these keys' USING ERRCODE = 'XL005';
    END IF;
    v_first := ledger.append(
        'records', p_stream, p_version, p_topic, p_schema, p_recorded_at, p_meta, p_key_ref, p_sealed, p_leaf,
        '{}'::uuid[], '{}'::bigint[], '{}'::bytea[], '{}'::uuid[], '{}'::bytea[], '{}'::bytea[], '{}'::uuid[],
        '{}'::uuid[], '{}'::text[], '{}'::integer[], '{}'::bytea[], '{}'::uuid[], NULL, NULL, NULL, NULL, NULL);
    UPDATE ledger.data_keys k SET generation = 0, wrapped = ''
        FROM unnest(p_owner, p_class) AS gone(owner, class) WHERE k.owner = gone.owner AND k.class = gone.class;
    INSERT INTO ledger.data_keys (owner, class, generation, wrapped)
        SELECT owner, '*', 0, '' FROM unnest(p_dead) AS d(owner) ON CONFLICT DO NOTHING;
    DELETE FROM ledger.renditions r USING unnest(p_owner, p_class) AS gone(owner, class)
        WHERE r.key_owner = gone.owner AND r.key_class = gone.class;
    DELETE FROM ledger.renditions WHERE record_id = ANY (p_dead) OR subject_id = ANY (p_dead);
    DELETE FROM ledger.view_names WHERE subject_id = ANY (p_unfound);
    DELETE FROM ledger.subjects WHERE subject_id = ANY (p_unfound);
    -- That the document was recorded stays known; what it said could be guessed at with its keyed hash.
    UPDATE ledger.documents SET content_mac = sha256(uuid_send(gen_random_uuid()))
        WHERE record_id = ANY (p_record);
    INSERT INTO ledger.suppressed (record_id, position)
        SELECT r, v_first FROM unnest(p_record) AS r WHERE r = ANY (p_dead) ON CONFLICT DO NOTHING;
    DELETE FROM ledger.announced_reads WHERE record_id = ANY (p_record);
    DELETE FROM ledger.marks WHERE record_id = ANY (p_dead) OR objection_id = ANY (p_dead);
    DELETE FROM ledger.open_cases WHERE case_id = ANY (p_dead);
    -- Any of them may hold it; none is older than a day, and its department has the file.
    DELETE FROM ledger.drafts;
    UPDATE ledger.key_state SET pending = greatest(pending, p_generation);
    RETURN v_first;
END $$;

CREATE FUNCTION ledger.key_generations() RETURNS TABLE (current integer, pending integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.current, s.pending FROM ledger.key_state s $$;

-- From now on no key is stored under an older generation; its key must be there already.
CREATE FUNCTION ledger.begin_generation(p_generation integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(ledger.key_lock());
    UPDATE ledger.key_state SET current = p_generation WHERE pending = p_generation AND current < p_generation;
END $$;

-- Keys that are not under a generation yet, of data and of drafts, in order after a given one.
CREATE FUNCTION ledger.keys_before(p_generation integer, p_after_owner uuid, p_after_class text, p_limit bigint)
RETURNS SETOF ledger.data_keys LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM (
        (SELECT k.owner, k.class, k.generation, k.wrapped FROM ledger.data_keys k
         WHERE (k.owner, k.class) > (p_after_owner, p_after_class)
           AND k.generation > 0 AND k.generation < p_generation ORDER BY k.owner, k.class LIMIT p_limit)
        UNION ALL
        (SELECT d.id, 'draft', d.generation, d.wrapped FROM ledger.drafts d
         WHERE (d.id, 'draft') > (p_after_owner, p_after_class) AND d.chunk = 0
           AND d.generation < p_generation ORDER BY d.id LIMIT p_limit)
    ) AS old(owner, class, generation, wrapped) ORDER BY owner, class LIMIT p_limit $$;
CREATE FUNCTION ledger.count_keys_before(p_generation integer) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT (SELECT count(*) FROM ledger.data_keys WHERE generation > 0 AND generation < p_generation)
         + (SELECT count(*) FROM ledger.drafts WHERE generation < p_generation) $$;

-- The same keys under the current generation; one that was erased meanwhile, or wrapped already, is left alone.
CREATE FUNCTION ledger.rewrap(
    p_owner uuid[], p_class text[], p_old bytea[], p_generation integer, p_new bytea[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_generation <> (SELECT current FROM ledger.key_state) THEN
        RAISE EXCEPTION 'keys are wrapped anew under the current generation' USING ERRCODE = 'XL007';
    END IF;
    UPDATE ledger.data_keys k SET generation = p_generation, wrapped = n.becomes
        FROM unnest(p_owner, p_class, p_old, p_new) AS n(owner, class, was, becomes)
        WHERE k.owner = n.owner AND k.class = n.class AND k.wrapped = n.was AND k.generation > 0;
    UPDATE ledger.drafts d SET generation = p_generation, wrapped = n.becomes
        FROM unnest(p_owner, p_class, p_old, p_new) AS n(owner, class, was, becomes)
        WHERE n.class = 'draft' AND d.id = n.owner AND d.wrapped = n.was;
END $$;

GRANT EXECUTE ON FUNCTION
    ledger.erasures, ledger.rows_under, ledger.log_heads, ledger.data_keys_of, ledger.erase, ledger.key_generations,
    ledger.begin_generation, ledger.keys_before, ledger.count_keys_before, ledger.rewrap
    TO xinlu_eraser;
