"""As of a past moment: for a subject's own dossier over HTTP, for auditors, and for nobody else."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import psycopg
import pytest
from click.testing import CliRunner
from hypothesis.stateful import invariant

from application.data_keys import unwrap_all
from application.ending_terms import end_terms
from application.ledger import instant
from application.projections.renditions import Rendition, open_rendition
from application.queries.history import RecordLife
from application.queries.log_rows import RecordRows
from application.queries.past import NoSuchRecord, Past, PastRendition, PastViews
from domain.shared.city_time import city_day
from interfaces.cli.main import cli
from tests.histories.bench import Bench, run_histories
from tests.integration.test_pages import DOSSIER, LOOKS, asked, question
from tests.integration.test_remedy_histories import Histories, Model
from tests.remedies import FIRST, SECOND, Story, begin
from tests.remedies_http import LETTER, PROOF, City, deciding
from tests.web import Web
from tests.world import World

EXAMPLES = 5


@pytest.fixture
def story(seeded_world: World) -> Story:
    return begin(seeded_world)


@pytest.fixture
def web(story: Story) -> Web:
    story.world.project()
    return Web(story.world)


def past_of(world: World) -> Past:
    return Past(RecordRows(reader=world.reader, keys=world.reader, vault=world.vault))


def repaired(story: Story, web: Web) -> tuple[str, int]:
    """A record that was repaired by shielding, and the last position at which it was public."""
    with web.served() as url:
        city = City(story, url)
        record = city.determine()
        position = story.world.reader.head("records")[0]
        accepted = city.source.accept(deciding("repairs", city.apply(record, PROOF, LETTER)))
        city.source.grant(deciding("repairs", accepted))
    story.world.project()
    assert city.public(record) is None and story.shared(UUID(record)) == 0
    return record, position


@pytest.mark.rule("PRV-3")
def test_prv_3_a_dossier_as_of_a_position_and_an_instant_is_told_as_it_was_and_logged_so(
    story: Story, web: Web
) -> None:
    world = story.world
    before = asked(web, DOSSIER, question(story)).json
    then, at = world.reader.head("records")[0], world.clock.now()
    world.clock.advance(hours=1)
    record, _ = repaired(story, web)
    city_time = at.astimezone(tz=None).isoformat()
    first = world.reader.head("access")[0] + 1
    moments = (str(then), instant(at), city_time, instant(at + timedelta(minutes=59)))
    for moment in moments:
        assert asked(web, DOSSIER, question(story, as_of=moment)).json == before
    now = asked(web, DOSSIER, question(story)).json
    assert now is not None and record in {r["record"] for r in now["records"]}
    looks = world.services.subject.who_looked(story.subject(), portal=story.office).entries
    assert [look.as_of for look in looks][-6:] == [*moments, "", ""]
    replay = world.replay
    for position in range(first, first + len(moments)):
        again = replay.answer(position)
        assert again.parts and again.equal and again.event.view_position == then


def test_pages_as_of_a_moment_are_pages_of_that_moment(story: Story, web: Web) -> None:
    for number in range(3):
        story.new_record(f"示市监罚字〔2026〕旧{number}号", decided=date(2026, 6, 1))
    story.world.project()
    whole = asked(web, DOSSIER, question(story)).json
    assert whole is not None
    moment = str(whole["position"])
    story.new_record("示市监罚字〔2026〕新号", decided=date(2026, 6, 1))
    story.world.project()
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = asked(web, DOSSIER, question(story, as_of=moment, limit=2, **cursor)).json
        assert page is not None
        found += page["records"]
        if "next" not in page:
            break
        cursor = {"cursor": page["next"]}
    assert found == whole["records"] and len(found) >= 4


@pytest.mark.parametrize(
    ("as_of", "code"),
    [
        ("0", "as_of_before_first"),
        ("2020-01-01T00:00:00Z", "as_of_before_first"),
        ("0001-01-01T00:00:00+08:00", "as_of_malformed"),
        ("999999999999999999", "as_of_beyond_newest"),
        ("2026-11-21T02:00:01Z", "as_of_beyond_newest"),
        ("9999-12-31T23:59:59-08:00", "as_of_malformed"),
        ("yesterday", "as_of_malformed"),
        ("2026-11-21", "as_of_malformed"),
        ("2026-11-21T10:00:00", "as_of_malformed"),
        ("-1", "as_of_malformed"),
        ("１２", "as_of_malformed"),
    ],
)
def test_a_moment_that_cannot_be_told_is_answered_clearly(
    story: Story, web: Web, as_of: str, code: str
) -> None:
    head = story.world.reader.head("access")[0]
    refused = asked(web, DOSSIER, question(story, as_of=as_of))
    assert refused.status_code == 400 and refused.json is not None
    assert (refused.json["errors"][0]["code"], refused.json["errors"][0]["field"]) == (code, "/as_of")
    assert story.world.reader.head("access")[0] == head


def test_what_the_views_have_not_folded_yet_is_beyond_the_newest(story: Story, web: Web) -> None:
    story.new_record("示市监罚字〔2026〕未折叠号", decided=date(2026, 6, 1))
    head = story.world.reader.head("records")[0]
    for as_of in (str(head), instant(story.world.clock.now())):
        assert asked(web, DOSSIER, question(story, as_of=as_of)).status_code == 400
    story.world.project()
    assert asked(web, DOSSIER, question(story, as_of=str(head))).status_code == 200


@pytest.mark.rule("REP-5")
def test_rep_5_as_of_shows_a_repaired_record_to_nobody_but_its_subject_and_auditors(
    story: Story, web: Web
) -> None:
    world = story.world
    record, position = repaired(story, web)
    with web.served() as url:
        city = City(story, url)
        objection = city.object(city.determine("示市监罚字〔2026〕9002号"))
    officer, stranger = city.stranger_officer, city.clients["stranger"].department.code
    purpose = {"credit_purpose": 'licensing; case="a"; basis="b"', "credit_official": officer}
    head = world.reader.head("access")[0]
    state = f"/v1/objections/{objection['case']}/state"
    signed: list[tuple[str, dict[str, Any], str, dict[str, str]]] = [
        ("/v1/queries", question(story), stranger, purpose),
        ("/v1/subject/who-looked", question(story), story.office, {}),
        ("/v1/worklist", {}, story.source, {"credit_official": SECOND}),
        (state, {}, story.source, {"credit_official": SECOND}),
    ]
    for path, members, department, headers in signed:
        answer = asked(web, path, members | {"as_of": str(position)}, department=department, **headers)
        _not_allowed(answer)
        assert record not in answer.text
    # Each of them stands in the access log as refused.
    rows = world.reader.rows("access", after=head, limit=10)
    assert [row.topic for row in rows] == ["act.refused"] * len(signed)
    # Nor in the address, whoever asks; and another department has no dossier at all.
    for path, members, department, headers in [*signed, (DOSSIER, question(story), story.office, {})]:
        _not_allowed(
            asked(web, f"{path}?as_of={position}", members, department=department, **headers), where="as_of"
        )
    _not_allowed(web.http.get(f"/records/{record}?as_of={position}"))
    _not_allowed(web.http.get(f"/?as_of={position}"))
    _not_allowed(web.http.post(f"/lookup?as_of={position}", data={"identifier": story.subject().number}))
    other = asked(web, DOSSIER, question(story, as_of=str(position)), department=stranger)
    assert other.status_code == 403 and record not in other.text
    assert web.http.get(f"/records/{record}").status_code == 404
    own = asked(web, DOSSIER, question(story, as_of=str(position)))
    assert own.status_code == 200 and record in own.text
    views = past_of(world).views(story.subject_id(), position=position, on=world.today)
    assert {r.view for r in views.renditions if str(r.record) == record} == {"public", "shared"}


def _not_allowed(answer: Any, *, where: str = "as_of") -> None:
    assert answer.status_code == 403, answer.text
    assert [(e["code"], e["field"]) for e in answer.json["errors"]] == [("as_of_not_allowed", where)]


def test_a_subject_whose_keys_were_destroyed_has_nothing_to_show_as_of_any_moment(
    story: Story, web: Web
) -> None:
    world, head = story.world, story.world.reader.head("records")[0]
    past = past_of(world)
    found = past.views(story.subject_id(), position=head, on=world.today)
    assert found.dossier and found.renditions
    asked(web, DOSSIER, question(story))
    with world.superuser() as connection:
        connection.execute(
            "DELETE FROM ledger.data_keys WHERE owner = %s AND class <> 'access'", (story.subject_id(),)
        )
    for more in ({}, {"as_of": str(head)}):
        answer = asked(web, DOSSIER, question(story, **more))
        assert answer.status_code == 200 and answer.json is not None and answer.json["records"] == []
    looks = asked(web, LOOKS, question(story)).json
    assert looks is not None and [look["number"] for look in looks["looks"]] == [1, 2, 3, 4]
    gone = past_of(world).views(story.subject_id(), position=head, on=world.today)
    assert (gone.dossier, gone.renditions) == ((), ())


def test_the_end_of_a_term_shows_at_its_day_and_not_before(story: Story) -> None:
    world = story.world
    world.project()
    head, today = world.reader.head("records")[0], world.today
    world.clock.advance(days=1200)
    assert end_terms(world.ledger, world.views) > 0
    past, subject = past_of(world), story.subject_id()
    assert past.views(subject, position=head, on=today).renditions
    assert not past.views(subject, position=head, on=world.today).renditions
    assert not past.views(subject, position=world.reader.head("records")[0], on=today).renditions


@pytest.mark.rule("PUB-4")
def test_pub_4_what_had_ended_does_not_come_back_at_the_position_of_a_later_correction(story: Story) -> None:
    world = story.world
    record = story.new_record("示市监罚字〔2026〕到期号", decided=date(2026, 6, 1))
    head = 0
    for fine, last in (("1.5", "2026-11-20"), ("2.5", "2029-01-01")):
        now = story.file(record).standing.content
        changes = {"CF_NR_FK": fine, "CF_CFLB": "罚款", "CF_GSJZQ": last}
        content = {**now, "public": {**now["public"], **changes}}
        done = story.object(record)
        head = world.reader.head("records")[0]
        story.objections.correct(story.deciding(done), story.correction(record, done.case, content))
    topics = {row.position: row.topic for row in world.reader.rows("records", after=head, limit=9)}
    assert {"record.corrected", "record.publicity_ended"} <= set(topics.values())
    for position in topics:
        views = past_of(world).views(story.subject_id(), position=position, on=world.today, record=record)
        assert views.renditions == () and len(views.dossier) == 1


def test_a_record_that_was_never_determined_has_no_past(story: Story) -> None:
    for record in (uuid4(), story.world.ledger.id):
        with pytest.raises(NoSuchRecord):
            past_of(story.world).subject_of(record)


@dataclass(frozen=True)
class Seen:
    """What the live views showed with the log at a position."""

    position: int
    at: datetime
    on: date
    renditions: frozenset[PastRendition]
    dossier: tuple[RecordLife, ...]


class Remembering(Histories):
    """Any history of remedies; after each step what the live views show of the subject is kept."""

    seen: ClassVar[list[Seen]]

    @invariant()
    def keep_what_the_views_show(self) -> None:
        world = self.story.world
        world.project()
        self.seen.append(live(self.story))
        world.clock.advance(minutes=1)

    def teardown(self) -> None:
        """The past as it was, at every position and instant that was kept."""
        past, subject = past_of(self.story.world), self.story.subject_id()
        for seen in {s.position: s for s in self.seen}.values():
            views = past.views(subject, position=seen.position, on=seen.on)
            assert frozenset(views.renditions) == seen.renditions
            assert views.dossier == seen.dossier
            assert self.story.world.reader.position_at(seen.at) == seen.position
        self.seen.clear()


def test_as_of_each_position_the_views_are_what_they_were_then(seeded_world: World) -> None:
    model = Model(begin(seeded_world))
    bench = Bench(model.story)
    run_histories(Remembering, examples=EXAMPLES, steps=10, model=model, bench=bench, seen=[])


def test_a_look_back_at_one_record_shows_that_record_only(story: Story) -> None:
    world, past = story.world, past_of(story.world)
    record = story.new_record("示市监罚字〔2026〕审计号", decided=date(2026, 6, 1))
    (determined,) = world.store.load("records", record)
    head = determined.position
    views = past.views(past.subject_of(record), position=head, on=world.today, record=record)
    assert {str(r.record) for r in views.renditions} | {v.record for v in views.dossier} == {str(record)}
    before = past.views(past.subject_of(record), position=head - 1, on=world.today, record=record)
    assert before == PastViews(head - 1, world.today, (), ())


@dataclass(frozen=True)
class Told:
    """How a command ended, and what it told."""

    exit_code: int
    output: str


@pytest.fixture
def run(story: Story) -> Callable[..., Told]:
    """The command ``as-of`` over the story's ledger, as its auditor."""
    world = story.world
    environment = {"XINLU_DATA": str(world.folder), "DATABASE_URL": world.database.admin}
    why = ("--auditor", "auditor-1", "--case", "示审字〔2026〕1号", "--basis", "国办发〔2020〕49号(十三)")

    def run(moment: int | str | None, *more: str, given: str = "", why: Sequence[str] = why) -> Told:
        when = [] if moment is None else [str(moment)]
        ended = CliRunner().invoke(cli, ["as-of", *when, *more, *why], input=given, env=environment)
        told = Told(ended.exit_code, ended.output)
        del ended
        gc.collect()  # a command that ends closes its connections with its process; here its pools must go first
        return told

    return run


def test_a_checkpoint_kept_elsewhere_says_which_moment_is_meant_unless_it_is_another_ledgers(
    story: Story, web: Web, run: Callable[..., Told], tmp_path: Path
) -> None:
    world, kept = story.world, tmp_path / "kept"
    record = story.new_record("示〔2026〕77号", decided=date(2026, 5, 20))
    world.publish()
    position = world.reader.head("records")[0]
    kept.write_bytes((world.published / "records" / "checkpoint").read_bytes())
    story.object(UUID(str(record)))
    world.publish()
    by_size = run(position, "--record", str(record))
    told = run(None, "--record", str(record), "--checkpoint", str(kept))
    assert by_size.exit_code == told.exit_code == 0, told.output
    assert f"records:{position} " in told.output and "objected" not in told.output
    head = world.reader.head("access")[0]
    for note in (
        (world.published / "access" / "checkpoint").read_bytes(),
        kept.read_bytes().replace(f"\n{position}\n".encode(), f"\n{position - 1}\n".encode()),
        b"",
    ):
        kept.write_bytes(note)
        refused = run(None, "--record", str(record), "--checkpoint", str(kept))
        assert refused.exit_code == 2 and "Traceback" not in refused.output
    assert run(position, "--record", str(record), "--checkpoint", str(kept)).exit_code == 2
    assert run(None, "--record", str(record)).exit_code == 2
    assert world.reader.head("access")[0] == head


def test_an_auditor_sees_a_repaired_record_as_of_then_and_the_look_is_logged_and_replayed(
    story: Story, web: Web, run: Callable[..., Told]
) -> None:
    world = story.world
    record, position = repaired(story, web)
    head = world.reader.head("access")[0]
    for more, given in (
        ((), json.dumps({"code": story.subject().number})),
        (("--record", record), ""),
    ):
        told = run(position, *more, given=given)
        assert told.exit_code == 0, told.output
        head += 1
        assert told.output.startswith(f"records:{position} ") and f"access:{head}\n" in told.output
        assert f"public  {record}  public" in told.output and f"dossier  {record}" in told.output
        again = world.replay.answer(head)
        assert again.equal and {"public:public", "shared:restricted", "history"} <= {
            p.part for p in again.parts
        }
        assert (again.event.as_of, again.event.view_position, again.event.purpose) == (
            str(position),
            position,
            "audit",
        )
    now = run(world.reader.head("records")[0], "--record", record)
    assert f"public  {record}" not in now.output and f"shared  {record}" not in now.output
    assert f"dossier  {record}" in now.output and "record.shielded" in now.output
    looks = world.services.subject.who_looked(story.subject(), portal=story.office).entries
    assert [(look.view, look.as_of) for look in looks[-4:-1]] == [
        ("as_of", str(position)),
        ("as_of", str(position)),
        ("as_of", str(now.output.partition(" ")[0].removeprefix("records:"))),
    ]


def test_the_audit_of_somebody_never_met_is_logged_too(story: Story, run: Callable[..., Told]) -> None:
    world = story.world
    head = world.reader.head("access")[0]
    file = world.folder / "subject.json"
    file.write_text(json.dumps({"id_type": "护照号", "id_number": "E00000001"}), encoding="utf-8")
    told = run(world.reader.head("records")[0], "--subject", str(file))
    assert told.exit_code == 0 and "nothing was shown then" in told.output
    assert world.reader.head("access")[0] == head + 1
    assert world.reader.rows("access", after=head, limit=1)[0].topic == "subject.queried"


def test_an_audit_without_what_it_needs_shows_nothing_and_repeats_no_identifier(
    story: Story, run: Callable[..., Told]
) -> None:
    world = story.world
    head, access = (world.reader.head(log)[0] for log in ("records", "access"))
    code = story.subject().number
    given = json.dumps({"code": code})
    no_auditor = ("--auditor", FIRST, "--case", "a", "--basis", "b")
    no_case = ("--auditor", "auditor-1", "--case", " ", "--basis", "b")
    for refused, says in (
        (run(head + 1, given=given), f"{head}"),
        (run(0, given=given), "before the ledger's first event"),
        (run("2020-01-01T00:00:00Z", given=given), "before the ledger's first event"),
        (run("9999-01-01T00:00:00Z", given=given), f"{head}"),
        (run("yesterday", given=given), "as_of"),
        (run(head, given=given, why=no_auditor), "no registered auditor"),
        (run(head, given=given, why=no_case), "say why"),
        (run(head, given=code), "the subject is"),
        (run(head, given=json.dumps({"code": ["x"], "more": code})), "the subject is"),
        (run(head, "--record", str(uuid4())), "there is no such record"),
    ):
        assert refused.exit_code in (1, 2) and says in refused.output, refused.output
        assert code not in refused.output
    assert world.reader.head("access")[0] == access


def live(story: Story) -> Seen:
    """What public look-up, shared view and dossier show of the subject now."""
    world, subject = story.world, story.subject_id()
    query = (
        "SELECT r.view, record_id, part, item, r.position, until, key_owner, key_class, bytes,"
        " EXISTS (SELECT FROM ledger.marks m WHERE m.record_id = r.record_id)"
        " FROM ledger.renditions r JOIN ledger.view_state s USING (view, generation)"
        " WHERE s.live AND subject_id = %s AND view <> 'dossier' AND (until IS NULL OR until >= %s)"
        " AND NOT EXISTS (SELECT FROM ledger.suppressed x WHERE x.record_id = r.record_id)"
    )
    with psycopg.connect(world.database.admin) as conn:
        rows = conn.execute(query, (subject, world.today)).fetchall()
    keys = unwrap_all(world.vault, world.reader.data_keys_of([subject, *(r[1] for r in rows)]))
    found = []
    for view, record, part, item, position, until, owner, key_class, content, objected in rows:
        key = None if owner is None else (owner, key_class)
        rendition = Rendition(view, record, part, subject, item, position, until, key, content)
        shown = content if key is None else open_rendition(rendition, key=keys[key])
        found.append(PastRendition(view, record, part, until, objected, shown))
    dossier = world.services.subject.dossier(story.subject(), portal=story.office)
    # Looking back tells what happened; what today's dossier says beside it is said of today.
    told = tuple(replace(life, repair_notice=None) for life in dossier.entries)
    now = world.clock.now()
    return Seen(world.reader.head("records")[0], now, city_day(now), frozenset(found), told)
