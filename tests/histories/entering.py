"""Red list, watch list, entries for reference and the green channel in random histories (JNT-2, JNT-3, JNT-5).

Who is honoured has nothing against it, who is watched is no worse off, and what an association says counts for nothing.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import rule

from domain.parties.acting import Officer
from domain.shared.kinds import Kind
from tests.entries import REASON, RED, red_parts, reference_parts, watch_parts
from tests.histories.bench import Days
from tests.histories.subjects import Known, Subjects, asking

EXCLUDED = ("一般", "严重")
"""Whoever bears a record of these stands on no red list (the list's own standard)."""
FLAWS = ("", "", "", "who", "said")
WATCHED = {"ground": "serious_in_key_field", "field": "life_and_health"}


class Entering(Subjects, Days):
    """What the source enters about its subjects, and what others are told."""

    def __init__(self) -> None:
        super().__init__()
        self.red_gone: dict[UUID, Known] = {}
        """Entries that were on the red list, with whose they were."""

    def adverse(self, known: Known) -> bool:
        """Whether a record stands that the red list excludes."""
        return any(known.severity[record] in EXCLUDED for record in known.standing)

    @rule(data=st.data(), flaw=st.sampled_from(FLAWS))
    def honour(self, data: st.DataObject, flaw: str) -> None:
        self.put_on_red_list(self.drawn(data), flaw)

    def put_on_red_list(self, known: Known, flaw: str, taken: str = "") -> None:
        """Lawful for whom nothing is held against and who is not on it; the look at that is logged in any case but of
        an id that is ``taken``."""
        world, entry, said = self.bench.world, taken or str(uuid4()), {"name": known.name, "code": known.code}
        changed: dict[str, Any] = {"incentives": "免除一切检查"} if flaw == "said" else {}
        parts = red_parts(world.city, said, self.source.department, self.today, **changed)
        who = Officer("nobody", self.source.department) if flaw == "who" else self.source
        unlawful = {"who": {"QRY-1"}, "said": {"JNT-2"}}.get(flaw, set[str]())
        looks = 0 if flaw or taken else 1
        unlawful |= {"JNT-2"} if not flaw and (taken or known.red or self.adverse(known)) else set()
        body = {"entry": entry, **self.bench.sealed(Kind.RED_LISTED, parts, entry, self.source.department)}
        told = self.bench.act("/v1/red-list-entries", body, who, unlawful=unlawful, looks=looks)
        if looks:
            position = self.bench.head("access") - (1 if unlawful else 0)
            self.looked(known, position, ("red_listing", self.source.department, "red_listing"))
        if told:
            known.red = {entry: told["leaf_hash"]}
            self.tick()

    @rule(data=st.data(), flaw=st.sampled_from(["", "", "said"]))
    def take_off_red_list(self, data: st.DataObject, flaw: str) -> None:
        known = self.drawn(data)
        for entry, leaf in list(known.red.items()):
            public = {
                "list_code": RED, "cause": "expiry" if flaw else "own_request", "removes": leaf,
                "removed_on": self.today.isoformat(), "by": "",
            }  # fmt: skip
            path = f"/v1/red-list-entries/{entry}/remove"
            self.end_entry(Kind.RED_REMOVED, entry, path, public, {"JNT-2"} if flaw else set())
            if not flaw:
                self.leaves_red_list(known)
                self.end_entry(Kind.RED_REMOVED, entry, path, public, {"JNT-2"})

    def leaves_red_list(self, known: Known) -> None:
        """No view shows the entry from now on."""
        for entry in map(UUID, known.red):
            self.red_gone[entry] = known
            assert self.bench.world.lookup.record(entry) is None
        known.red.clear()

    def shown_and_gone(self) -> tuple[set[UUID], set[UUID]]:
        """Also who was on the red list; entries that stand count with their subjects."""
        shown, gone = super().shown_and_gone()
        return shown, gone | self.red_gone.keys()

    def forget(self, known: Known) -> None:
        """Of somebody erased no entry is proven."""
        super().forget(known)
        self.red_gone = {entry: of for entry, of in self.red_gone.items() if of is not known}

    def end_entry(
        self, kind: Kind, entry: str, path: str, public: dict[str, str], unlawful: set[str]
    ) -> None:
        """The end of an entry, sealed by who made it."""
        body = self.bench.sealed(
            kind, {"public": public, "restricted": REASON}, entry, self.source.department
        )
        self.bench.act(path, body, self.source, unlawful=unlawful)

    @rule(data=st.data(), flaw=st.sampled_from(["", "", "twice", "said"]))
    def watch(self, data: st.DataObject, flaw: str) -> None:
        """On a fairly serious record that stands, once, by the department that determined it; nobody else is told."""
        known = self.drawn(data)
        self.watch_one(known, data.draw(st.sampled_from(sorted(known.records))), flaw)

    def watch_one(self, known: Known, record: UUID, flaw: str, entry: str = "") -> None:
        """Refused besides where the id that it is given is taken (``entry``)."""
        taken, entry = bool(entry), entry or str(uuid4())
        changed = {**WATCHED, **({"field": "beauty"} if flaw == "said" else {})}
        parts = watch_parts([str(record)], self.source.department, self.today, **changed)
        held = known.watched or flaw == "said" or record not in known.standing
        unlawful = {"JNT-3"} if held or taken else set()
        body = {"entry": entry, **self.bench.sealed(Kind.WATCH_ENTERED, parts, entry, self.source.department)}
        if told := self.bench.act("/v1/watch-list-entries", body, self.source, unlawful=unlawful):
            known.watched[entry] = (told["leaf_hash"], record)

    @rule(data=st.data())
    def watch_no_more(self, data: st.DataObject) -> None:
        known = self.drawn(data)
        for entry, (leaf, _) in list(known.watched.items()):
            public = {"ends": leaf, "ended_on": self.today.isoformat(), "cause": "corrected"}
            path = f"/v1/watch-list-entries/{entry}/end"
            self.end_entry(Kind.WATCH_ENDED, entry, path, public, set())
            known.watched.clear()
            self.end_entry(Kind.WATCH_ENDED, entry, path, public, {"JNT-3"})

    @rule(data=st.data(), flaw=st.sampled_from(["", "", "said"]))
    def refer(self, data: st.DataObject, flaw: str) -> None:
        self.refer_one(self.drawn(data), flaw)

    def refer_one(self, known: Known, flaw: str, entry: str = "") -> None:
        """Only under its mark, and under no id that is taken (``entry``)."""
        taken, entry = bool(entry), entry or str(uuid4())
        said = {"name": known.name, "code": known.code}
        changed: dict[str, Any] = {"mark": "严重失信"} if flaw else {}
        parts = reference_parts(said, self.source.department, self.today, **changed)
        body = {
            "entry": entry,
            **self.bench.sealed(Kind.REFERENCE_ENTERED, parts, entry, self.source.department),
        }
        unlawful = {"JNT-5"} if flaw or taken else set[str]()
        if told := self.bench.act("/v1/reference-entries", body, self.source, unlawful=unlawful):
            known.referred[entry] = told["leaf_hash"]

    @rule(data=st.data())
    def refer_no_more(self, data: st.DataObject) -> None:
        known = self.drawn(data)
        for entry, leaf in list(known.referred.items())[:1]:
            public, path = (
                {"ends": leaf, "ended_on": self.today.isoformat()},
                f"/v1/reference-entries/{entry}/end",
            )
            self.end_entry(Kind.REFERENCE_ENDED, entry, path, public, set())
            known.referred.pop(entry)
            self.end_entry(Kind.REFERENCE_ENDED, entry, path, public, {"JNT-5"})

    @rule(data=st.data())
    def ask_around(self, data: st.DataObject) -> None:
        self.tick()
        self.ask_about(self.drawn(data))

    def ask_about(self, known: Known) -> None:
        """The green channel by the two grounds of the law; a watch for who watches alone; a reference for everyone."""
        told = self.asked(known, "/v1/green-channel", self.asker, "green_channel")
        honoured = bool(known.red) and not self.adverse(known)
        ground = "clean_record" if not known.standing else "red_listed" if honoured else "neither"
        assert (told["ground"], told["eligible"]) == (ground, ground != "neither")
        for who, watched in ((self.source, set(known.watched)), (self.asker, set())):
            told = self.asked(known, "/v1/watch-list-entries/query", who, "watch_list")
            assert {entry["entry"] for entry in told["entries"]} == watched
        told = self.asked(known, "/v1/reference-entries/query", self.asker, "references")
        assert {entry["entry"] for entry in told["entries"]} == set(known.referred)

    def asked(self, known: Known, path: str, who: Officer, view: str) -> Any:
        """A logged question about one subject; its answer."""
        purpose, before = "honours", self.bench.head("access")
        answer = self.bench.send(
            path, {"subjects": [{"code": known.code}]}, who, credit_purpose=asking(purpose)
        )
        assert answer.status_code == 200, answer.text
        assert self.bench.head("access") == before + 1
        self.looked(known, before + 1, (view, who.department, purpose))
        self.answered[before + 1] = answer.data
        return answer.get_json()

    def days_passed(self) -> None:
        """The runner took everybody off the red list who bears a record that its standard excludes."""
        super().days_passed()
        for known in self.subjects:
            if self.adverse(known):
                self.leaves_red_list(known)

    def close(self) -> None:
        super().close()
        known, other = self.subjects
        self.tick()
        for each in self.subjects:
            self.ask_about(each)
        for flaw in ("who", "said", ""):
            self.put_on_red_list(known, flaw)
        for record in sorted(known.standing):
            self.take_back(known, record)
        self.put_on_red_list(known, "")
        self.put_on_red_list(known, "")
        self.ask_about(known)
        self.determine_about(known, "严重")
        self.ask_about(known)
        self.bench.world.deadlines.run()
        self.days_passed()
        self.tick()
        on_list = {str(entry.record_id) for entry in self.bench.world.lookup.listed(RED).entries}
        assert {e for k in self.subjects for e in k.red} <= on_list
        assert not known.red or other.red
        self.query(known, self.asker)
