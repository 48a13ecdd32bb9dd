-- The logs as signed trees (FORMATS 5.3 as STORAGE amends it): leaf index = position - 1, so a tree is a committed
-- prefix of its log and its head is all there is to keep. Tiles are files made from it.

CREATE TABLE ledger.trees (
    log text PRIMARY KEY CHECK (log IN ('records', 'access', 'views')),
    size bigint NOT NULL DEFAULT 0,
    root bytea NOT NULL DEFAULT sha256('') CHECK (length(root) = 32),
    checkpoint bytea NOT NULL DEFAULT ''
) WITH (fillfactor = 50);
INSERT INTO ledger.trees (log) VALUES ('records'), ('access'), ('views');

-- The views log: one entry an epoch, plain text, with the roots of all maps (FORMATS 5.4).
CREATE TABLE ledger.epochs (
    position bigint PRIMARY KEY CHECK (position > 0),
    entry bytea NOT NULL
);
CREATE TRIGGER epochs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.epochs
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- What the sequencer may see of an event: its leaf. Up to p_limit, in order, without a gap.
CREATE FUNCTION ledger.leaves(p_log text, p_after bigint, p_limit integer)
RETURNS TABLE (place bigint, leaf bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_log = 'records' THEN
        RETURN QUERY SELECT r.position, r.leaf FROM ledger.records r
            WHERE r.position > p_after ORDER BY r.position LIMIT p_limit;
    ELSIF p_log = 'access' THEN
        RETURN QUERY SELECT a.position, a.leaf FROM ledger.access a
            WHERE a.position > p_after ORDER BY a.position LIMIT p_limit;
    ELSE
        RETURN QUERY SELECT e.position, e.entry FROM ledger.epochs e
            WHERE e.position > p_after ORDER BY e.position LIMIT p_limit;
    END IF;
END $$;

CREATE FUNCTION ledger.tree(p_log text) RETURNS TABLE (size bigint, root bytea, checkpoint bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT size, root, checkpoint FROM ledger.trees WHERE log = p_log $$;

-- Compare and swap: false when another sequencer moved the head first. A tree never shrinks.
CREATE FUNCTION ledger.move_tree(p_log text, p_old bigint, p_size bigint, p_root bytea, p_checkpoint bytea)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE ledger.trees SET size = p_size, root = p_root, checkpoint = p_checkpoint
        WHERE log = p_log AND size = p_old AND p_size > p_old;
    RETURN FOUND;
END $$;

GRANT USAGE ON SCHEMA ledger TO xinlu_sequencer;
GRANT EXECUTE ON FUNCTION ledger.leaves, ledger.tree, ledger.move_tree TO xinlu_sequencer;
GRANT SELECT ON ledger.trees, ledger.epochs TO xinlu_auditor, xinlu_projector;

-- What commits to a rendition in its view's map; views begun before this are rebuilt once (rebuild --force).
ALTER TABLE ledger.renditions ADD COLUMN commitment bytea NOT NULL DEFAULT '';

DROP FUNCTION ledger.shared_listing;
CREATE FUNCTION ledger.shared_listing(p_subject uuid[], p_on date, p_limit integer)
RETURNS TABLE (
    subject_id uuid, record_id uuid, part text, item text, record_position bigint, until date,
    key_owner uuid, key_class text, digest bytea, commitment bytea
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.subject_id, r.record_id, r.part, r.item, r.position, r.until, r.key_owner, r.key_class,
           sha256(r.bytes), r.commitment
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
GRANT EXECUTE ON FUNCTION ledger.shared_listing TO xinlu_reader;

-- Records whose renditions changed since the last epoch; written with the change, gone with the epoch.
CREATE TABLE ledger.map_changes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    record_id uuid NOT NULL
);
-- Whatever takes a live rendition away (the fold, an erasure) is noted by the table itself.
CREATE FUNCTION ledger.note_gone() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO ledger.map_changes (record_id)
        SELECT DISTINCT g.record_id FROM gone g
        JOIN ledger.view_state s ON s.view = g.view AND s.generation = g.generation AND s.live;
    RETURN NULL;
END $$;
CREATE TRIGGER renditions_gone AFTER DELETE ON ledger.renditions REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.note_gone();

-- Each map's head: the root that the newest epoch states, and how its files are cut. ``through`` is how far the
-- log below it was put in (records for shield, access for access).
CREATE TABLE ledger.maps (
    name text PRIMARY KEY CHECK (name IN ('public', 'shared', 'shield', 'access')),
    root bytea NOT NULL CHECK (length(root) = 32),
    count bigint NOT NULL,
    depth integer NOT NULL,
    thin bigint NOT NULL,
    through bigint NOT NULL
);
CREATE INDEX records_ending ON ledger.records (position)
    WHERE topic IN ('record.publicity_ended', 'record.withdrawn', 'record.shielded');
GRANT SELECT ON ledger.maps, ledger.map_changes TO xinlu_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger.maps, ledger.map_changes TO xinlu_projector;
GRANT INSERT ON ledger.epochs TO xinlu_projector;

-- The erasing acts, which say what stands for the parts that are gone; there are few.
CREATE INDEX records_erasing ON ledger.records (position) WHERE topic = 'data.erased';
CREATE FUNCTION ledger.erasing_acts() RETURNS SETOF ledger.records
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM ledger.records WHERE topic = 'data.erased' ORDER BY position $$;

-- In whose list the look at a position is, and its number there: for the department that got the receipt.
CREATE FUNCTION ledger.look_at(p_position bigint) RETURNS TABLE (subject_id uuid, number bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT stream_id, stream_version FROM ledger.access WHERE position = p_position AND topic = 'subject.queried' $$;

CREATE FUNCTION ledger.head_of(p_log text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT position FROM ledger.heads WHERE log = p_log $$;
GRANT EXECUTE ON FUNCTION ledger.look_at, ledger.head_of, ledger.erasing_acts TO xinlu_writer;
