-- Reviews of queries (QRY-3): how far queries were looked at, by epochs of the views log. A review itself is an event and
-- waits among the open cases.
CREATE TABLE ledger.review_state (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch bigint NOT NULL
);
INSERT INTO ledger.review_state (epoch) VALUES (0);
GRANT SELECT, UPDATE ON ledger.review_state TO xinlu_projector;
GRANT SELECT ON ledger.review_state TO xinlu_auditor;
