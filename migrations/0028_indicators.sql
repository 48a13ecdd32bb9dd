-- Indicators of units (SUP-1): what each did in a month, as counts folded from both logs (ADR 0039). They name nobody.

ALTER TABLE ledger.oversight_state ADD COLUMN reached text NOT NULL DEFAULT '';
INSERT INTO ledger.oversight_state (fold, log) VALUES ('indicators', 'records'), ('indicators', 'access');

-- "detail" is the rule of a refusal, or the working days that a repair took.
CREATE TABLE ledger.unit_counts (
    unit text NOT NULL,
    month text NOT NULL,
    name text NOT NULL,
    detail text NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (unit, month, name, detail)
);
CREATE INDEX unit_counts_month ON ledger.unit_counts (month);
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger.unit_counts TO xinlu_projector;
GRANT SELECT ON ledger.unit_counts TO xinlu_auditor;

-- The counts of one month, and how many flags of each unit were open when it ended.
CREATE FUNCTION ledger.unit_counts_of(p_month text) RETURNS TABLE (unit text, name text, detail text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.unit, c.name, c.detail, c.n FROM ledger.unit_counts c WHERE c.month = p_month
    UNION ALL
    SELECT c.unit, 'flags_open', '', sum(CASE c.name WHEN 'flags_raised' THEN c.n ELSE -c.n END)::bigint
    FROM ledger.unit_counts c WHERE c.month <= p_month AND c.name IN ('flags_raised', 'flags_closed')
    GROUP BY c.unit $$;

-- How far each log is folded, and the instant of the last event there.
CREATE FUNCTION ledger.indicators_folded() RETURNS TABLE (log text, "position" bigint, reached text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.log, s.position, s.reached FROM ledger.oversight_state s WHERE s.fold = 'indicators' $$;

GRANT EXECUTE ON FUNCTION ledger.unit_counts_of TO xinlu_reader;
GRANT EXECUTE ON FUNCTION ledger.indicators_folded TO xinlu_reader;
