"""One record full of unmistakable marks, everyone who may ask about it over HTTP, and everything that came back.

``tests/integration/test_every_place.py`` asks every place with it before and after the record ends;
``test_every_byte.py`` has the access log explain what left.
"""

from __future__ import annotations

import base64
import csv
import gc
import io
import json
import logging
import logging.config
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from click.testing import CliRunner
from flask import Flask, request, request_started
from werkzeug.test import TestResponse

from application.commands.acts import Done
from domain.access.model import CASE_HANDLING, OWN_RECORDS
from domain.records.events import RecordDetermined
from domain.shared.kinds import Kind
from infrastructure.logs import configuration
from interfaces.cli.main import cli
from interfaces.client.sealing import seal_remedy
from interfaces.client.tables import read_table
from tests.listing import LIST, NOTICE, decision_parts
from tests.remedies import LETTER, PROOF, REMEDIES, SECOND, Story
from tests.web import CSV, FORMS, Web

JSON = "application/json"
PURPOSE = 'licensing; case="2026-7"; basis="art. 34"'
MARKS: Mapping[str, str] = {
    "public": "甲标违法行为",
    "restricted": "乙标事由",
    "person/1": "丙标代表人",
    "number": "丁标字",
    "file": "wubiao-file-name",
    "listing": "己标列字",
}
"""What stands in each part of the record, in its document's number in the name and title of its file, and in
the decision by which its subject is on a list."""
NUMBER = f"示市监罚字〔2026〕{MARKS['number']}8001号"
AUDITING = ("--auditor", "auditor-1", "--case", "2026-1", "--basis", "49 13")
Came = Iterable[TestResponse | bytes]


def marks_in(data: bytes) -> set[str]:
    """The parts whose marks stand in what came back: as text, escaped, in hex, in base64, in a workbook."""
    text = data.lower()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = b"\n".join(archive.read(name) for name in archive.namelist()).lower()
    return {part for part, mark in MARKS.items() if any(form in text for form in _forms(mark))}


def _forms(mark: str) -> Iterator[bytes]:
    raw = mark.encode()
    yield raw
    yield json.dumps(mark)[1:-1].encode()
    yield raw.hex().encode()
    for before in range(3):
        # Of a text somewhere in base64, the characters that hold nothing but its own bits.
        held = base64.b64encode(bytes(before) + raw)
        yield held[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6].lower()


@dataclass(frozen=True)
class Held:
    """What a place gave: the marks in it, and each answer."""

    marks: set[str]
    answers: tuple[TestResponse | bytes, ...]


class Scene:
    """The record in all views and published, a consent, cases of every kind, and who asks."""

    def __init__(self, story: Story) -> None:
        self.story, self.world, self.web = story, story.world, Web(story.world)
        self.asked: set[str] = set()
        self.logged = io.StringIO()
        request_started.connect(self._note, self.web.app)
        self.stranger = next(d.code for d in self.world.city.agencies if d.code != story.source)
        self.stranger_officer = next(o.key for o in self.world.city.officers if o.department == self.stranger)
        self.code = story.subject().number
        self.file = self._file()
        self.record = self._sent()
        self.listing = self._listed()
        self.world.project()
        self.consent = str(uuid.uuid4())
        assert self.give(self.consent).status_code == 201
        self.objection = story.object(self.record)
        self.repair = story.apply(self.record, PROOF, LETTER)
        self.world.publish()
        self.then = self.world.reader.head("records")[0]
        self.query_key = uuid.uuid4().hex
        self.seen = self.query(key=self.query_key)

    def _note(self, _app: Flask) -> None:
        """Remember which place is asked."""
        self.asked.add(str(request.endpoint))

    def end(self, how: str) -> None:
        """The record ends, by one transaction: repaired by shielding, or withdrawn by its source."""
        story = self.story
        if how == "withdrawn":
            act = story.withdrawal(self.record, self.objection.case)
            story.objections.withdraw(story.deciding(self.objection), act)
            return
        story.objections.reject(story.deciding(self.objection), reasons="经核实一致", remedies=REMEDIES)
        story.repairs.grant(story.handling(story.repairs.accept(story.handling(self.repair))))

    def hold(self, came: Came) -> Held:
        """What came back, body and headers."""
        marks, answers = set[str](), []
        for (
            answer
        ) in came:  # each is read to its end before the next question: a streamed one runs until then
            answers.append(answer)
            marks |= marks_in(answer if isinstance(answer, bytes) else _whole(answer))
        return Held(marks, tuple(answers))

    @contextmanager
    def logging(self) -> Iterator[None]:
        """Every log line of the service, in JSON as it writes them, kept in ``logged``."""
        made = logging.config.DictConfigurator(configuration())
        handler = logging.StreamHandler(self.logged)
        handler.setFormatter(made.configure_formatter(configuration()["formatters"]["json"]))
        root, ours = logging.getLogger(), logging.getLogger("xinlu")
        level = ours.level
        root.addHandler(handler)
        ours.setLevel("INFO")
        try:
            yield
        finally:
            root.removeHandler(handler)
            ours.setLevel(level)

    def post(
        self, path: str, said: Any, department: str = "", *, key: str = "", **headers: str
    ) -> TestResponse:
        """A signed POST of JSON, or of bytes; by the credit office unless another department is named."""
        return self.web.say(path, said, department or self.story.office, key=key, **headers)

    @property
    def subject(self) -> dict[str, Any]:
        """The subject as a question names it."""
        return {"subject": {"code": self.code}}

    @property
    def subjects(self) -> dict[str, Any]:
        """The subject as a question about many names it."""
        return {"subjects": [{"code": self.code}]}

    def own(self, path: str, **said: Any) -> TestResponse:
        """A question of the subject about itself, by its portal."""
        named = self.subjects if path.startswith("/v1/subject/") else self.subject
        headers = {"credit_on_behalf_of": "subject", "credit_purpose": OWN_RECORDS.code}
        return self.post(path, {**named, **said}, **headers)

    def query(self, *, source: bool = False, key: str = "", path: str = "", **said: Any) -> TestResponse:
        """A shared query of a stranger, or of the source."""
        department, officer = (
            (self.story.source, SECOND) if source else (self.stranger, self.stranger_officer)
        )
        headers = {"credit_official": officer, "credit_purpose": PURPOSE}
        return self.post(path or "/v1/queries", {**self.subjects, **said}, department, key=key, **headers)

    def evidence(self, claim: str, *show: str, **said: Any) -> TestResponse:
        """A bundle for the source."""
        asked = {"claim": claim, "record": str(self.record), "show": list(show), **said}
        headers = {"credit_official": SECOND, "credit_purpose": PURPOSE}
        return self.post("/v1/evidence", asked, self.story.source, **headers)

    def handling(self, path: str, department: str, officer: str, **said: Any) -> TestResponse:
        """A question of an officer about a case or its department's work."""
        headers = {"credit_official": officer, "credit_purpose": CASE_HANDLING.code}
        return self.post(path, said, department, **headers)

    def acting(self, kind: str, what: str, said: Any, *, version: int = 0) -> TestResponse:
        """An act of the source on the case of a kind, under its first or another version."""
        case = self.case(kind)
        headers = {"credit_official": SECOND, "if_match": f'"{version or case.version}"'}
        return self.post(f"/v1/{kind}/{case.case}/{what}", said, self.story.source, **headers)

    def case(self, kind: str) -> Done:
        """The objection or the repair."""
        return self.objection if kind == "objections" else self.repair

    def version(self, kind: str) -> int:
        """The newest version of the case of a kind."""
        return self.world.ledger.store.load("records", self.case(kind).case)[-1].stream_version

    def give(self, consent: str) -> TestResponse:
        """The subject consents that the stranger looks at records of this item."""
        said = {
            **self.subject,
            "consent": consent,
            "recipient": self.stranger,
            "purpose": "licensing",
            "manner": "once",
            "items": [str(self.story.content["public"]["item"])],
            "until": "2027-02-01",
            "freely_given": True,
        }
        return self.post("/v1/consents", said, credit_on_behalf_of="subject")

    def upload(self, data: bytes, path: str = "/v1/intakes", **headers: str) -> TestResponse:
        """The file as the source uploads it, under its name."""
        named = {"content_disposition": f'attachment; filename="{MARKS["file"]}.csv"'}
        return self.post(path, data, self.story.source, **{"content_type": CSV, **named, **headers})

    def sealed_first(self) -> TestResponse:
        """The seal that the record came with, under its idempotency key."""
        return self.web.seal(self.draft.get_json(), idempotency_key=self.draft_key)

    def sealed_draft(self, draft: TestResponse) -> TestResponse:
        """The source's seal of a draft."""
        return self.web.seal(draft.get_json())

    def command(self, *arguments: str) -> bytes:
        """What an auditor's command tells on the machine itself."""
        environment = {"XINLU_DATA": str(self.world.folder), "DATABASE_URL": self.world.database.admin}
        ended = CliRunner().invoke(cli, [*arguments, *AUDITING], env=environment)
        told, code = ended.output.encode(), ended.exit_code
        del ended
        gc.collect()  # its pools end here, as they would with its process
        assert code == 0, told.decode()
        return told

    def changed(self) -> bytes:
        """Another file with the same document's number, and none of the other marks."""
        data = self.file.decode()
        for part in ("public", "restricted", "person/1", "file"):
            data = data.replace(MARKS[part], "另文")
        return data.encode()

    def without(self) -> bytes:
        """The same file with another document in the record's place."""
        return self.file.decode().replace(MARKS["number"], "另文").encode()

    def _file(self) -> bytes:
        """A CSV with one penalty of the story's subject, made from the demo city's workbook."""
        table = read_table(self.world.files().files["penalties-1.xlsx"], forms=FORMS)
        at = {column.code: column.position for column in table.columns if column.code}
        heads = [[str(cell) for cell in cells] for row, cells in table.rows() if row < table.first_row]
        rows = [[str(cell) for cell in cells] for row, cells in table.rows() if row >= table.first_row]
        row = next(r for r in rows if r[at["CF_XDR_SHXYM"]] == self.code)
        for field, text in {
            "CF_WSH": NUMBER,
            "CF_WFXW": MARKS["public"],
            "CF_SY": MARKS["restricted"],
            "CF_FRDB": MARKS["person/1"],
            "CF_JDRQ": "2026-05-20",
            "CF_GSJZQ": "2029-01-01",
        }.items():
            row[at[field]] = text
        out = io.StringIO()
        csv.writer(out).writerows([[MARKS["file"]], *heads, row])
        return out.getvalue().encode()

    def _listed(self) -> str:
        """The listing that rests on the record: told, heard and decided today."""
        said = {"list": LIST, "records": [str(self.record)], "notice": NOTICE}
        begun = self.post("/v1/listings", said, self.story.source, credit_official=SECOND)
        assert begun.status_code == 201, begun.text
        receipt = begun.get_json()["receipt"]
        case = f"/v1/listings/{receipt['case']}"
        subject = {"credit_on_behalf_of": "subject", "if_match": '"1"'}
        stated = self.post(f"{case}/statement", {**self.subject, "grounds": "已整改"}, **subject)
        assert stated.status_code == 201, stated.text
        reply = {"outcome": "rejected", "reasons": "证据不足"}
        heard = {"credit_official": SECOND, "if_match": '"2"'}
        answered = self.post(f"{case}/answer", reply, self.story.source, **heard)
        assert answered.status_code == 201, answered.text
        public = {**self.story.content["public"], "CF_WSH": f"示市监列字〔2026〕{MARKS['listing']}1号"}
        parts = decision_parts(public, receipt, [str(self.record)], today=self.world.today)
        ledger_id, key = self.world.ledger.id.bytes, self.story.key
        sealed = seal_remedy(
            Kind.LISTING_DECIDED, parts, record=receipt["case"], ledger_id=ledger_id, key=key
        )
        headers = {"credit_official": SECOND, "if_match": '"3"'}
        decided = self.post(f"{case}/decide", sealed, self.story.source, **headers)
        assert decided.status_code == 201, decided.text
        return str(receipt["case"])

    def _sent(self) -> UUID:
        """The record that the file became."""
        assert self.web.code(0) == self.story.source
        draft = self.upload(self.file)
        assert draft.status_code == 201, draft.text
        self.draft, self.draft_key = draft, uuid.uuid4().hex
        report = self.sealed_first()
        assert report.get_json()["taken"] == 1, report.text
        return self.world.rows_of(RecordDetermined.TOPIC)[-1]


def _whole(answer: TestResponse) -> bytes:
    return answer.data + b"\n" + str(answer.headers).encode()


def is_kept_by_nobody(answer: TestResponse, *, versioned: bool = False) -> bool:
    """Whether the answer may be kept by no cache, and has no tag by which one could ask whether it still holds."""
    tagged = "ETag" in answer.headers and not versioned
    return "no-store" in answer.headers.get("Cache-Control", "") and not tagged
