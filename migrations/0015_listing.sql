-- Lists: listing cases wait like objections and repairs, and a list that is kept over a transition waits for its end
-- (kind 'list', of no department). Which kinds there are is for the program to say.
ALTER TABLE ledger.open_cases DROP CONSTRAINT IF EXISTS open_cases_kind_check;

-- Who is on a list is read by the list's item, in order of the decision. Few rows among many are listings.
CREATE INDEX renditions_listed ON ledger.renditions (item, position) WHERE view = 'public' AND part = 'listing';

-- What takes a record or a listing out of every view, for the map of what was shielded. The program before this one
-- asks with the old index.
CREATE INDEX records_taken_out ON ledger.records (position)
    WHERE topic IN ('record.publicity_ended', 'record.withdrawn', 'record.shielded', 'listing.removed');

-- A page of a public list as it stood at p_through (NULL: where the view is now), newest first, from below p_before on
-- (NULL: from the newest). What was removed, or is over, is on none of them.
CREATE FUNCTION ledger.public_list(p_item text, p_on date, p_through bigint, p_before bigint, p_limit integer)
RETURNS TABLE (
    record_id uuid, subject_id uuid, part text, item text, record_position bigint, until date,
    key_owner uuid, key_class text, bytes bytea, objected boolean, through bigint
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.record_id, r.subject_id, r.part, r.item, r.position, r.until, r.key_owner, r.key_class, r.bytes,
           EXISTS (SELECT FROM ledger.marks m WHERE m.record_id = r.record_id), coalesce(p_through, s.position)
    FROM ledger.renditions r
    JOIN ledger.view_state s ON s.view = r.view AND s.generation = r.generation AND s.live
    WHERE r.view = 'public' AND r.part = 'listing' AND r.item = p_item AND (r.until IS NULL OR r.until >= p_on)
      AND r.position <= coalesce(p_through, s.position) AND (p_before IS NULL OR r.position < p_before)
      AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = r.record_id)
    ORDER BY r.position DESC LIMIT p_limit $$;

-- Everything that stands under an item in the views, and how far they are: who is taken off when a list ends.
CREATE FUNCTION ledger.standing_under(p_item text, p_limit integer)
RETURNS TABLE (record_id uuid, reached bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.record_id, s.position FROM ledger.view_state s
    LEFT JOIN LATERAL (
        SELECT d.record_id FROM ledger.renditions d
        WHERE d.view = 'dossier' AND d.generation = s.generation AND d.item = p_item
          AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = d.record_id)
          AND EXISTS (SELECT FROM ledger.records e WHERE e.stream_id = d.record_id AND e.topic = 'listing.decided')
        ORDER BY d.record_id LIMIT p_limit
    ) r ON true
    WHERE s.view = 'dossier' AND s.live $$;

GRANT EXECUTE ON FUNCTION ledger.public_list TO xinlu_reader;
GRANT EXECUTE ON FUNCTION ledger.standing_under TO xinlu_projector;

-- The public register: matter of government that anyone may read. One row for each thing and version; folded from the
-- records log by the projector in the transaction of the other views. "from_day" and "until_day" are its own days.
CREATE TABLE ledger.registers (
    generation integer NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    number integer NOT NULL,
    from_day date,
    until_day date,
    position bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (generation, kind, key, number)
);
GRANT SELECT ON ledger.registers TO xinlu_auditor;
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger.registers TO xinlu_projector;

-- A page of a register by key and number, from after a place on. p_key NULL is every key; p_newest: of each thing its
-- last version only.
CREATE FUNCTION ledger.register_page(
    p_kind text, p_key text, p_newest boolean, p_after_key text, p_after_number integer, p_limit integer
)
RETURNS TABLE (key text, number integer, from_day date, until_day date, record_position bigint, bytes bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.key, r.number, r.from_day, r.until_day, r.position, r.bytes FROM ledger.registers r
    JOIN ledger.view_state s ON s.view = 'public' AND s.generation = r.generation AND s.live
    WHERE r.kind = p_kind AND (p_key IS NULL OR r.key = p_key)
      AND (r.key COLLATE "C", r.number) > (p_after_key COLLATE "C", p_after_number)
      AND NOT (p_newest AND EXISTS (
          SELECT FROM ledger.registers n
          WHERE n.generation = r.generation AND n.kind = r.kind AND n.key = r.key AND n.number > r.number))
    ORDER BY r.key COLLATE "C", r.number LIMIT p_limit $$;
GRANT EXECUTE ON FUNCTION ledger.register_page TO xinlu_reader;
