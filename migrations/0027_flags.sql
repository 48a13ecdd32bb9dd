-- Flags (责任线索, ACC-1 to ACC-4): what the logs hold that may become one, and which there are. Folded from both logs by
-- the leading projector (ADR 0039); nothing here names a subject.

-- How far each fold of supervision has read each log.
CREATE TABLE ledger.oversight_state (
    fold text NOT NULL,
    log text NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (fold, log)
);
INSERT INTO ledger.oversight_state (fold, log) VALUES ('flags', 'records'), ('flags', 'access');

-- Causes: one row for an event, a rule and a unit. "flag" is the flag that it belongs to, once there is one.
CREATE TABLE ledger.flag_causes (
    log text NOT NULL,
    position bigint NOT NULL,
    rule text NOT NULL,
    unit text NOT NULL,
    what text NOT NULL,
    about text NOT NULL,
    times integer NOT NULL,
    day date NOT NULL,
    leaf_hash bytea NOT NULL,
    flag uuid,
    PRIMARY KEY (log, position, rule, unit)
);
CREATE INDEX flag_causes_waiting ON ledger.flag_causes (day) WHERE flag IS NULL;

CREATE TABLE ledger.flags (
    id uuid PRIMARY KEY,
    unit text NOT NULL,
    rule text NOT NULL,
    what text NOT NULL,
    about text NOT NULL,
    position bigint NOT NULL UNIQUE,
    due date NOT NULL,
    waits boolean NOT NULL DEFAULT true, -- for the unit's answer, and its day was not recorded as missed
    open boolean NOT NULL DEFAULT true
);
CREATE INDEX flags_open ON ledger.flags (unit, rule, what, about) WHERE open;
CREATE INDEX flags_due ON ledger.flags (due) WHERE waits AND open;
CREATE INDEX flags_of_unit ON ledger.flags (unit, position);

GRANT SELECT, UPDATE ON ledger.oversight_state TO xinlu_projector;
GRANT SELECT, INSERT, UPDATE ON ledger.flag_causes, ledger.flags TO xinlu_projector;
GRANT SELECT ON ledger.oversight_state, ledger.flag_causes, ledger.flags TO xinlu_auditor;

-- The flags of a unit, or of all (NULL), raised after one position and up to another, oldest first.
CREATE FUNCTION ledger.flags_page(p_unit text, p_open boolean, p_after bigint, p_through bigint, p_limit integer)
RETURNS TABLE (id uuid, raised_at bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT f.id, f.position FROM ledger.flags f
    WHERE (p_unit IS NULL OR f.unit = p_unit) AND (NOT p_open OR f.open)
      AND f.position > p_after AND f.position <= p_through
    ORDER BY f.position LIMIT p_limit $$;
GRANT EXECUTE ON FUNCTION ledger.flags_page TO xinlu_reader;
