-- How often each rule has refused: a fold of the access log, by rule and day, and nothing of who or what (ADR 0026).

CREATE TABLE ledger.refusal_counts (
    rule text NOT NULL,
    day date NOT NULL,
    acts bigint NOT NULL DEFAULT 0,
    rows bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (rule, day)
);
-- How far the access log was folded.
CREATE TABLE ledger.refusal_state (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    position bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO ledger.refusal_state DEFAULT VALUES;
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger.refusal_counts TO xinlu_projector;
GRANT SELECT, UPDATE ON ledger.refusal_state TO xinlu_projector;
GRANT SELECT ON ledger.refusal_counts, ledger.refusal_state TO xinlu_auditor;

-- What anyone may know: whole days only, and full fives, so that no single act of a day shows in the numbers.
CREATE FUNCTION ledger.refusals_before(p_day date) RETURNS TABLE (rule text, acts bigint, rows bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.rule, (sum(c.acts)::bigint / 5) * 5, (sum(c.rows)::bigint / 5) * 5
    FROM ledger.refusal_counts c WHERE c.day < p_day GROUP BY c.rule ORDER BY c.rule $$;
GRANT EXECUTE ON FUNCTION ledger.refusals_before TO xinlu_reader;
