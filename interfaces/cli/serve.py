"""One command, one process group, kept alive: database, projector, sequencer, web workers, and the demo's witnesses.

``make serve`` runs it. When a child dies it is started again; when this process ends, all of them end.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

import click

from infrastructure.bootstrap import (
    EmbeddedPostgres,
    Settings,
    database,
    gateway_public_key,
    open_ledger,
    require_time,
)
from interfaces.cli.demo_authority import demo_authority
from interfaces.cli.demo_witnesses import addresses_of, demo_witnesses
from interfaces.cli.oversight_examples import SUPERVISOR
from interfaces.cli.seed import DATA, EXAMPLES, PROJECT, TIP_OFF, demo_folder, seed_city
from interfaces.demo.city import read_city

WATCH_SECONDS = 0.5
READY_SECONDS_MAX = 60.0
BESIDE: Mapping[str, str] = {
    "province": "见证人 witness province",
    "peer": "见证人 witness peer",
    "time-authority": "时间戳机构 time stamps",
}
"""What runs beside the service, as it is told."""
STOP_SECONDS_MAX = 15.0
"""More than ``graceful_timeout`` of gunicorn.conf.py, so that requests under way may end."""


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port (default: PORT or 8000).")
@click.option("--demo/--no-demo", default=True, show_default=True, help="Seed the demo city first.")
@click.option(
    "--witnesses/--no-witnesses",
    default=True,
    show_default=True,
    help="With the demo, run its two witnesses.",
)
def serve(*, port: int | None, demo: bool, witnesses: bool) -> None:
    """Run the service on 127.0.0.1, with the demo city, on the embedded database or DATABASE_URL."""
    settings = Settings.from_environment()
    port = port or settings.port
    with database(settings) as server:
        if settings.database_url is None and server is None:
            raise click.ClickException(
                "另一个进程已在运行这个数据目录 / another process runs this data folder already"
            )
        require_time(settings)
        if demo:
            seed_city(open_ledger(settings), gateway_public_key(settings), settings, quiet=False)
        beside: dict[str, list[str]] = {}
        if demo and witnesses:
            settings, beside = demo_witnesses(settings)
            settings, authority = demo_authority(settings)
            beside |= authority
        with Group(settings, port, server, beside) as group:
            group.await_ready()
            _tell(settings, port, demo=demo, beside=addresses_of(beside))
            group.watch()


class Group:
    """The children of one serve, ``beside`` among them, and the database they need."""

    def __init__(
        self,
        settings: Settings,
        port: int,
        server: EmbeddedPostgres | None,
        beside: dict[str, list[str]],
    ) -> None:
        self._server = server
        self._url = f"http://{settings.host}:{port}"
        python = [sys.executable, "-m"]
        self._commands: dict[str, list[str]] = {
            "projector": [*python, "interfaces.cli", "project"],
            "sequencer": [*python, "interfaces.cli", "sequence"],
            # All else stands in gunicorn.conf.py, which it reads by itself.
            "web": [*python, "gunicorn", "wsgi:app", "--bind", f"{settings.host}:{port}"],
        }
        self._beside = beside
        # The web process never sees the owner's URL: it finds its two logins in the secrets folder.
        self._environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        self._environment["XINLU_DATA"] = str(settings.data_dir)
        self._environment["XINLU_WITNESSES"] = str(settings.witnesses_file)
        if stamps := settings.time_authority:
            self._environment |= {"XINLU_TSA_URL": stamps.url, "XINLU_TSA_CA": str(stamps.roots)}
            self._environment["XINLU_TSA_SECONDS"] = str(stamps.every_seconds)
            self._environment["XINLU_TSA_POLICY"] = stamps.policy or ""
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._stop = threading.Event()

    def __enter__(self) -> Group:
        signal.signal(signal.SIGTERM, self._ask_stop)
        signal.signal(signal.SIGINT, self._ask_stop)
        for name in self._commands:
            self._start(name)
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS_MAX
        for child in self._children.values():
            try:
                child.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def await_ready(self) -> None:
        """Wait until the service answers. Raises ``ClickException`` when it does not in time."""
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline and not self._stop.is_set():
            if self._answers():
                return
            if self._children["web"].poll() is not None:
                raise click.ClickException(
                    "网页服务未能启动，原因见上 / the web process ended; the reason stands above"
                )
            self._stop.wait(0.05)
        if not self._stop.is_set():
            raise click.ClickException("服务未在时限内应答 / the service did not answer in time")

    def watch(self) -> None:
        """Keep database and children alive until SIGTERM or SIGINT; what runs beside the service starts after it."""
        for name in self._beside:
            self._start(name)
        while not self._stop.wait(WATCH_SECONDS):
            if self._server is not None and not self._server.is_running():
                click.echo("数据库已停，重新启动 / the database died, starting it again", err=True)
                self._server.ensure()
            for name, child in list(self._children.items()):
                if child.poll() is not None:
                    click.echo(f"{name} 已停，重新启动 / died, starting it again", err=True)
                    self._start(name)

    def _start(self, name: str) -> None:
        # setpriv ends the child when this process dies, however it dies.
        command = ["setpriv", "--pdeathsig", "TERM", *(self._commands | self._beside)[name]]
        self._children[name] = subprocess.Popen(command, env=self._environment, cwd=PROJECT)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._url}/healthz", timeout=2) as answer:  # noqa: S310 - our own URL
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def _ask_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()


def _tell(settings: Settings, port: int, *, demo: bool, beside: Mapping[str, str]) -> None:
    """URLs, where the demo keys are, and five commands to try."""
    url = f"http://{settings.host}:{port}"
    lines = [
        "",
        f"信录已运行 / Xinlu is running    {url}",
        f"  公示查询 public look-up          {url}/",
        f"  健康检查 health                  {url}/readyz",
        *(f"  {BESIDE[label]:<27} {place}" for label, place in beside.items()),
    ]
    if demo:
        lines += _tour(settings, url)
    click.echo("\n".join([*lines, "", "Ctrl-C 停止 / stops everything"]))


def _tour(settings: Settings, url: str) -> list[str]:
    """The demo departments' keys and five commands that run as they are printed."""
    demo = demo_folder(settings)
    folder = demo.relative_to(PROJECT) if demo.is_relative_to(PROJECT) else demo
    city = read_city(DATA)
    names = {d.code: d.name for d in city.departments}
    agency = city.agencies[0]
    registered = [(o.department, o.key, o.role) for o in city.officers]
    registered.append((agency.code, SUPERVISOR, "supervisor"))

    def officers(code: str) -> str:
        return "、".join(f"{key}（{role}）" for department, key, role in registered if department == code)

    place = "" if settings.data_dir == PROJECT / "var" else f"XINLU_DATA={settings.data_dir} "
    run = f"{place}.venv/bin/python -m interfaces.cli"
    sample = "tests/samples/penalties-1.xlsx"
    send = (
        f"{run} intake {sample} --department {agency.code} --key {folder}/keys/{agency.code}.pem --url {url}"
    )
    keys = sorted((demo / "keys").glob("*.pem"))
    as_market = f"--department {agency.code} --key {folder}/keys/{agency.code}.pem --url {url}"
    return [
        "",
        "示范部门的密钥和经办人 / keys and officers of the demo departments:",
        *(f"  {folder}/keys/{path.name}  {names.get(path.stem, '')}  {officers(path.stem)}" for path in keys),
        "",
        "试试这五条命令 / five commands to try:",
        f"  {send} --reasons {folder}/reasons.xlsx",
        f"  {send}",
        f"  {run} verify --head {folder}/head.json",
        f"  {run} rebuild",
        f"  curl -s {url}/v1/ledger",
        *_examples(demo, folder, url, run, as_market),
        *_notice(demo, folder, url, run, office=city.credit_office.code),
    ]


def _notice(demo: Path, folder: Path, url: str, run: str, *, office: str) -> list[str]:
    """How the indicators of the last month are notified (SUP-1); nothing for a city seeded before that."""
    file = demo / EXAMPLES
    told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if "indicators" not in told:
        return []
    month = told["indicators"]["month"]
    who = f"--department {office} --official credit_office-1 --key {folder}/keys/{office}.pem --url {url}"
    return [
        f"  {run} indicators notice {month} {who}",
        f"  考核指标和通报 indicators, notice    {url}/indicators?month={month}",
    ]


def _examples(demo: Path, folder: Path, url: str, run: str, as_market: str) -> list[str]:
    """Where the live examples of the demo city are seen; nothing for a city that was seeded before there were any."""
    if not (demo / EXAMPLES).exists():
        return []
    told = json.loads((demo / EXAMPLES).read_text(encoding="utf-8"))
    file, page = told["comparison"]["file"], told["comparison"]["page"]
    asked = f"curl -s {url}/v1/tip-offs/follow-up -H 'Content-Type: application/json' -d @{folder}/{TIP_OFF}"
    return [
        "",
        f"在办示例 / live examples ({folder}/{EXAMPLES}):",
        f"  异议中的记录 a record objected to   {url}{told['objection']['page']}",
        f"  修复办理中 a repair under way       {url}{told['repair']['page']}",
        f"  从宽评估 leniency, its receipt      {url}{told['leniency']['receipt']}",
        f"  关联责任人 a linked person          {url}{told['linked_person']['receipt']}",
        f"  名单 a list, 提案 proposals         {url}/lists/C06-04  {url}/registers/proposals",
        *(
            f"  联席会议审定中 before the meeting     {url}{told[n]['page']}"
            for n in ("meeting",)
            if n in told
        ),
        f"  清理规范台账 the clean-up ledger    {url}/instruments",
        f"  公示一致性核对 a comparison         {url}{page}",
        f"  {run} worklist {as_market} --official market-1",
        f"  {run} compare {folder}/files/{file} {as_market}",
        f"  {asked}",
    ]
