"""A log that cannot be written for a while, and requests over a limit, in random histories (promises 3, 4 and 15).

While the log is down nobody is told anything and nothing is half done; what is sent again afterwards is done, once.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.histories.bench import NUMBERS
from tests.histories.subjects import CASE, Known, Subjects, asking

APPEND = "FUNCTION ledger.append"
READ = "PROCEDURE ledger.logged_read"
TOO_MANY: dict[str, tuple[str, int]] = {
    "bytes": ("/v1/duty-checks", (1 << 20) + 1),
    "subjects": ("/v1/queries", 501),
    "cases": ("/v1/duty-checks", 201),
    "page": ("/v1/worklist", 201),
    "text": ("/v1/incidents", 2001),
    "responders": ("/v1/joint-actions", 21),
}
"""What is limited -> where it is asked here, and one more than there may be."""


class Enduring(Subjects):
    """What happens when the database lets nothing in, and when somebody asks for too much."""

    @rule(data=st.data())
    def lose_the_log(self, data: st.DataObject) -> None:
        self.log_is_down(self.drawn(data))

    def log_is_down(self, known: Known) -> None:
        """An act and a query are told 503 and leave nothing; the same act, sent again afterwards, is done once."""
        bench, key = self.bench, f"log-is-down-{next(NUMBERS)}"
        day = self.today.isoformat()
        said = {"cases": [{"case": CASE, "subject": {"code": known.code}, "day": day}]}
        asked = {"subjects": [{"code": known.code}]}
        before = bench.heads()
        for what, login in ((APPEND, "xinlu_writer"), (READ, "xinlu_reader")):
            bench.world.owner.execute(f"REVOKE EXECUTE ON {what} FROM {login}".encode())
        try:
            act = bench.send("/v1/duty-checks", said, self.asker, key=key)
            look = bench.send("/v1/queries", asked, self.asker, credit_purpose=asking())
        finally:
            for what, login in ((APPEND, "xinlu_writer"), (READ, "xinlu_reader")):
                bench.world.owner.execute(f"GRANT EXECUTE ON {what} TO {login}".encode())
        assert (act.status_code, look.status_code) == (503, 503), (act.text, look.text)
        assert not any(str(record) in look.text for record in known.records)
        assert before == bench.heads(), "half a step"
        answers = [bench.send("/v1/duty-checks", said, self.asker, key=key) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
        assert answers[0].get_json() == answers[1].get_json()
        assert bench.head("records") == before["records"] + 1
        self.query(known, self.asker)

    @rule(what=st.sampled_from(sorted(TOO_MANY)))
    def ask_too_much(self, what: str) -> None:
        self.over_a_limit(what)

    def over_a_limit(self, what: str) -> None:
        """Refused with what is too much of what, before anything is logged or done."""
        path, number = TOO_MANY[what]
        known, bench = self.subjects[0], self.bench
        subject, day = {"code": known.code}, self.today.isoformat()
        bodies: dict[str, dict[str, Any]] = {
            "bytes": {"cases": " " * number},
            "subjects": {"subjects": [subject] * number},
            "cases": {"cases": [{"case": f"{n}", "subject": subject, "day": day} for n in range(number)]},
            "page": {"limit": number},
            "text": {"kind": "leak", "facts": "字" * number},
            "responders": {
                "measure": "M11",
                "provision": {"title": "a", "document_number": "b", "article": "c"},
                "rests_on": {"kind": "record", "id": str(sorted(known.records)[0])},
                "responders": [{"kind": "department", "code": str(n)} for n in range(number)],
            },
        }
        who = bench.office if what == "text" else self.asker
        purpose = {"subjects": asking(), "page": "case_handling"}.get(what, "")
        before = bench.heads()
        answer = bench.send(path, bodies[what], who, credit_purpose=purpose)
        told = answer.get_json()
        assert answer.status_code == (413 if what == "bytes" else 400), answer.text
        assert told["rule"] == "FORMAT" and told["errors"], told
        assert before == bench.heads()

    def close(self) -> None:
        super().close()
        self.log_is_down(self.subjects[0])
        for what in TOO_MANY:
            self.over_a_limit(what)
