"""The whole story against a running service: a penalty, queries, objections, a correction, a repair, who looked.

It speaks as four offices of the demo city, each with its own key, and says in Chinese first what each does.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from random import SystemRandom
from typing import Any

import click

from domain.shared.canonical import Parts
from domain.shared.city_time import city_day
from infrastructure.bootstrap import Settings
from interfaces.cli.files import URL
from interfaces.cli.seed import DATA, PROJECT, demo_folder
from interfaces.client.api import Client, Department, Problem, Unproven
from interfaces.client.bundles import of_answer, of_looks, of_record
from interfaces.client.remedies import Remedies, case_of
from interfaces.client.reports import PDF, check_pdf, own_report
from interfaces.client.sealing import DepartmentKey
from interfaces.client.signing import purpose_header
from interfaces.client.verifier import verify
from interfaces.demo.city import DemoCity, DemoDepartment, read_city
from interfaces.demo.identities import company_name, credit_code
from interfaces.demo.penalty import penalty_of

SCRIPT = PROJECT / "docs" / "tour" / "signed-query.sh"
SHOWN_SECONDS_MAX = 30.0
SOURCE, ASKER, AUDITOR = "market", "ecology", "auditor-1"
REMEDIES = {
    "reconsideration": "60日内向示范市人民政府申请行政复议",
    "litigation": "6个月内向示范市人民法院提起诉讼",
}
PROOF = {"kind": "performance_proof", "digest": "b1" * 32}
LETTER = {"kind": "commitment_letter", "digest": "b2" * 32}
CASE, BASIS = "示许受字〔2026〕7号", "《中华人民共和国行政许可法》第三十四条"
OBJECTED = "异议处理中"


class StoryBroken(click.ClickException):
    """Something did not go as the story tells; the message says what."""


@dataclass(frozen=True)
class Place:
    """Where the story plays: the service's URL, the demo city, and the folder of its keys."""

    url: str
    city: DemoCity
    keys: Path

    def client(self, department: DemoDepartment) -> Client:
        """A client that signs as a department of the demo city, and takes only what the gateway signed."""
        who = Department(department.code, DepartmentKey.read(self.key_file(department)))
        return Client(self.url, who, gateway=Client(self.url, who).published_gateway())

    def key_file(self, department: DemoDepartment) -> Path:
        """The key of a department of the demo city."""
        return self.keys / f"{department.code}.pem"


@click.command()
@click.option("--url", default=URL, show_default=True, help="A service that runs.")
@click.option(
    "--keys", type=click.Path(exists=True, file_okay=False, path_type=Path), help="The demo city's keys."
)
@click.option(
    "--evidence",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the evidence bundles here (default: evidence in the data folder).",
)
@click.option("--replay/--no-replay", default=True, show_default=True, help="Replay needs the data folder.")
def story(*, url: str, keys: Path | None, evidence: Path | None, replay: bool) -> None:
    """Play the whole story of one penalty against a running service with the demo city.

    Exit 1 when anything goes otherwise than told.
    """
    settings = Settings.from_environment()
    keys = keys or demo_folder(settings) / "keys"
    evidence = evidence or settings.data_dir / "evidence"
    try:
        Story(Place(url.rstrip("/"), read_city(DATA), keys), evidence).play(replay=replay)
    except (Problem, Unproven) as problem:
        raise StoryBroken(f"{problem}: {problem.members.get('detail', '')}") from problem


class Story:
    """One penalty (一条行政处罚) from its determination to its repair."""

    def __init__(self, place: Place, evidence: Path) -> None:
        self._place = place
        self._evidence = evidence
        departments = {d.key: d for d in place.city.departments}
        self._source, self._asker = departments[SOURCE], departments[ASKER]
        self._clients = {
            name: place.client(d)
            for name, d in (
                ("source", self._source),
                ("asker", self._asker),
                ("portal", place.city.credit_office),
            )
        }
        self._at_source, self._at_portal = (Remedies(self._clients[n]) for n in ("source", "portal"))
        self._officer = self._officer_of(self._source)
        random = SystemRandom()
        self._name = company_name(random)
        self._code = credit_code(random, prefix="91", division=place.city.division_code)
        self._subject = {"code": self._code}
        self._record = self._looked_at = ""
        self._answer: Mapping[str, Any] = {}
        self._looks = 0
        self._step = 0

    def play(self, *, replay: bool) -> None:
        """All of it, in order; ``replay`` needs the service's own data folder.

        Raises :class:`StoryBroken`, ``Problem`` or ``Unreachable``.
        """
        self._penalty()
        self._queries()
        self._rejected()
        content = self._corrected()
        self._repaired()
        if replay:
            self._replayed()
        self._who_looked(replayed=replay)
        self._proven()
        self._reported()
        self._say(
            "完：历史都在账本里，各处都不再显示", "done: the ledger keeps the history, no view shows it"
        )
        self._detail(f"更正后的罚款 / the fine after the correction: {content['public']['CF_NR_FK']} 万元")

    def _penalty(self) -> None:
        self._say(
            f"{self._source.name}作出一条处罚并签名", "the market bureau determines and seals a penalty"
        )
        today, number = self._today(), uuid.uuid4().int % 10**9
        self._content = penalty_of(self._source, self._name, self._code, number=number, today=today)
        receipt = self._clients["source"].determine(self._content, form="penalty")
        self._record = str(receipt["record"])
        self._detail(f"回执 / receipt {receipt['event_id']}  {self._place.url}/records/{self._record}")
        self._await(lambda: self._page() is not None, "公示页面出现该记录")

    def _queries(self) -> None:
        self._say(
            f"{self._asker.name}为一件许可查询，先登记后看", "another bureau looks it up for a licensing case"
        )
        answer = self._shared()
        _require(len(answer["records"]) == 1, "共享查询看到该记录")
        self._looked_at = str(answer["receipt"]).partition(":")[2]
        self._answer = answer
        self._detail(f"查询回执 / receipt of the query {answer['receipt']}")
        self._say(
            "同一次查询，只用 curl 和 openssl，并验证答复的签名",
            "with nothing but curl and openssl, the answer's signature checked",
        )
        done = subprocess.run(self._plain(), check=False, capture_output=True, text=True, timeout=60)
        _require(done.returncode == 0 and self._record in done.stdout, "curl 查询看到该记录")
        self._detail(done.stderr.strip())
        self._say(
            "用途未登记的查询被拒绝，并留下记录", "a query for an unregistered purpose is refused, and logged"
        )
        found = _refused(lambda: self._shared(purpose="curiosity"), 403)
        self._detail(f"{found['rule']}：{found['detail']}（{found['clause']}）")

    def _rejected(self) -> None:
        self._say(
            "企业在信用办门户提出异议，公示页面立即标注", "the company objects; the page says so at once"
        )
        filed = self._object("罚款金额与决定书不符")
        self._detail(f"{filed['answer_by']} 前答复 / to be answered by that day")
        _require(OBJECTED in (self._page() or ""), "公示页面标注异议")
        self._say("待办清单里有这一件", "it stands on the bureau's worklist")
        task = next(t for t in self._at_source.worklist(official=self._officer) if t["case"] == filed["case"])
        self._detail(f"还剩 {task['days_left']} 个工作日 / working days left")
        self._say("原单位核实后不予支持，说明理由和救济途径", "not upheld: with reasons and remedies")
        case = case_of("objections", filed, official=self._officer)
        self._at_source.reject(case, reasons="经核实，记录与决定书一致。", remedies=REMEDIES)
        _require(OBJECTED not in (self._page() or ""), "标注已去除")
        found = _refused(lambda: self._at_source.reject(case, reasons="再次", remedies=REMEDIES), 412)
        self._detail(f"版本已旧 / a stale version: {found['detail']}")

    def _corrected(self) -> Parts:
        self._say(
            "企业补充证据再次提出异议，原单位更正并签名", "a second objection: the bureau corrects and seals"
        )
        filed = self._object("罚款金额应为1.5万元，附缴款凭证", evidence=["e1" * 32])
        seen = self._at_source.state("objections", str(filed["case"]), official=self._officer)
        content = {**self._content, "public": {**self._content["public"], "CF_NR_FK": "1.5"}}
        self._at_source.correct(
            case_of("objections", filed, official=self._officer),
            content,
            record=self._record,
            corrects=str(seen["record_leaf_hash"]),
        )
        self._await(lambda: "1.5" in (self._page() or ""), "公示页面显示更正后的内容")
        return content

    def _repaired(self) -> None:
        self._say(
            "企业改正后申请信用修复，不收任何费用", "the company applies for repair; no fee can be attached"
        )
        found = _refused(lambda: self._apply(fee="100"), 422)
        self._detail(f"{found['rule']}：{found['detail']}（{found['clause']}）")
        applied = self._apply()
        self._say(
            "缺信用承诺书：一次性告知补正，补齐后受理",
            "one material is missing: asked for once, then accepted",
        )
        asked = self._at_source.request_materials(case_of("repairs", applied, official=self._officer))
        supplied = self._at_portal.supply(
            case_of("repairs", asked), subject=self._subject, materials=[LETTER]
        )
        accepted = self._at_source.accept(case_of("repairs", supplied, official=self._officer))
        self._say("同意修复：同一事务内屏蔽", "granted: shielded in the very transaction")
        self._at_source.grant(case_of("repairs", accepted, official=self._officer))
        _require(self._page() is None, "公示页面已无该记录")
        _require(self._shared()["records"] == [], "共享查询已无该记录")
        self._detail("公示和共享都已看不到 / neither public nor shared any more")

    def _replayed(self) -> None:
        self._say("审计员重放当初的答复，逐字节一致", "an auditor replays the first answer, byte for byte")
        why = ("--auditor", AUDITOR, "--case", "示审字〔2026〕1号", "--basis", "国办发〔2020〕49号(十三)")
        command = [sys.executable, "-m", "interfaces.cli", "replay", self._looked_at, *why]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, cwd=PROJECT)
        _require(done.returncode == 0 and self._record in done.stdout, "重放与当初一致")
        self._detail(done.stdout.partition("\n")[0])

    def _who_looked(self, *, replayed: bool) -> None:
        self._say("企业查看谁看过自己的信息", "the company sees who looked, and why")
        looks = self._clients["portal"].who_looked(self._subject)
        self._looks = len(looks)
        for look in looks:
            shown = len(look["shown"])
            about = look["purpose_zh"] or look["purpose"]
            self._detail(
                f"{look['number']}. {look['at']}  {look['department_name']}  {look['role']}  {about}  {shown}"
            )
        _require([look["number"] for look in looks] == list(range(1, len(looks) + 1)), "次序没有缺号")
        views = [look["view"] for look in looks]
        told = ["shared", "shared", "objection", "shared", *(["replay"] if replayed else []), "who_looked"]
        _require(views == told, "每次查询都在其中")
        dossier = self._clients["portal"].dossier(self._subject)
        histories = {one["record"]: [moment["event"] for moment in one["history"]] for one in dossier}
        events = histories.pop(self._record)
        self._detail(f"本人档案 / own dossier: {'、'.join(events)}")
        _require(events == ["record.determined", "record.corrected", "record.shielded"], "本人档案历史完整")
        # The record was wrong once, so its department has a reputation to restore (OBJ-4).
        _require(list(histories.values()) == [["restoration.begun"]], "恢复信誉的任务在档案中")

    def _proven(self) -> None:
        self._say("三份证据包，离线就能验证", "three bundles of evidence, verified without the service")
        portal, asker = self._clients["portal"], self._clients["asker"]
        why = purpose_header("licensing", case=CASE, basis=BASIS)
        headers = {"credit_official": self._officer_of(self._asker), "credit_purpose": why}
        bundles = {
            "answered": of_answer(asker, self._answer, headers),
            "shielded": of_record(portal, self._record, "shielded", subject=self._subject),
            "who-looked": of_looks(portal, subject=self._subject, at_least=self._looks),
        }
        with urllib.request.urlopen(f"{self._place.url}/logs/policy", timeout=10) as answer:  # noqa: S310 - the URL that the caller named
            policy = answer.read()
        self._evidence.mkdir(parents=True, exist_ok=True)
        (self._evidence / "policy").write_bytes(policy)
        for name, bundle in bundles.items():
            data = json.dumps(bundle, ensure_ascii=False).encode()
            (self._evidence / f"{name}.json").write_bytes(data)
            report = verify(data, policy)
            _require(report.good, f"{name}: {report.refused}")
            self._detail(report.checked[-1])

    def _reported(self) -> None:
        self._say(
            "企业取得签章的信用报告：已修复的不在其中，一个文件即可离线核对",
            "the company gets its sealed credit report: what was repaired is not in it; one file proves itself",
        )
        with urllib.request.urlopen(f"{self._place.url}/v1/ledger", timeout=10) as answer:  # noqa: S310 - the URL that the caller named
            certificate = json.load(answer)["report_certificate"]
        pdf = own_report(self._clients["portal"], self._subject, media=PDF)
        (self._evidence / "report.pdf").write_bytes(pdf)
        (self._evidence / "report.cert.pem").write_text(certificate, encoding="ascii")
        policy = (self._evidence / "policy").read_bytes()
        checked = check_pdf(pdf, policy, certificate=certificate.encode())
        _require(checked.good, f"report.pdf: {checked.evidence.refused}")
        _require(not any(checked.report["counts"].values()), "报告中没有已修复的记录")
        self._detail(f"{checked.report['number']}  sha256:{checked.report['digest']}")

    def _object(self, grounds: str, **more: Any) -> dict[str, Any]:
        return self._at_portal.object(
            self._record,
            about="content",
            grounds=grounds,
            subject=self._subject,
            on_behalf_of="subject",
            **more,
        )

    def _apply(self, **more: Any) -> dict[str, Any]:
        return self._at_portal.apply(self._record, subject=self._subject, materials=[PROOF], **more)

    def _shared(self, *, purpose: str = "licensing") -> dict[str, Any]:
        officer = self._officer_of(self._asker)
        return self._clients["asker"].query(
            [self._subject], official=officer, purpose=purpose, case=CASE, basis=BASIS
        )[0]

    def _plain(self) -> list[str]:
        key = str(self._place.key_file(self._asker))
        officer = self._officer_of(self._asker)
        return ["sh", str(SCRIPT), self._place.url, self._asker.code, key, officer, "licensing", self._code]

    def _today(self) -> date:
        """The ledger's day: the real one, unless its demo clock was moved."""
        with urllib.request.urlopen(f"{self._place.url}/version", timeout=10) as answer:  # noqa: S310 - the URL that the caller named
            moved = json.load(answer)["demo_clock"]
        return date.fromisoformat(moved["day"]) if moved else city_day(datetime.now(UTC))

    def _officer_of(self, department: DemoDepartment) -> str:
        """The officer who acts for a department of the demo city."""
        return next(o.key for o in self._place.city.officers if o.department == department.code)

    def _page(self) -> str | None:
        """The record's public page, or None when there is none."""
        try:
            with urllib.request.urlopen(f"{self._place.url}/records/{self._record}", timeout=10) as page:  # noqa: S310 - the URL that the caller named
                return re.sub(r"\s+", " ", page.read().decode())
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise StoryBroken(f"公示页面 / the page answers {error.code}") from None

    def _await(self, holds: Callable[[], bool], what: str) -> None:
        """Wait for the views to catch up with the log: only what is taken away is gone at once."""
        deadline = time.monotonic() + SHOWN_SECONDS_MAX
        while not holds():
            _require(time.monotonic() < deadline, what)
            time.sleep(0.1)

    def _say(self, chinese: str, english: str) -> None:
        self._step += 1
        click.echo(f"{self._step:2}. {chinese} / {english}")

    @staticmethod
    def _detail(text: str) -> None:
        click.echo(f"    {text}")


def _refused(act: Callable[[], object], status: int) -> Mapping[str, Any]:
    """The problem with which the service refuses, as the story expects."""
    try:
        act()
    except Problem as problem:
        _require(problem.status == status, f"应以 {status} 拒绝，实为 {problem.status}")
        return problem.members
    raise StoryBroken(f"应以 {status} 拒绝而未拒绝 / was not refused")


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise StoryBroken(f"与所述不符 / not as told: {what}")
