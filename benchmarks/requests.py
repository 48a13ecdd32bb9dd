"""Single requests beside their limits: one determination and one logged query, direct and over signed HTTP.

Nothing is switched off: every request is signed by its department and checked, every determination carries a seal,
every query is logged and committed before it is read. Clients are threads of this process, on the same cores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, cycle
from random import Random

from application.commands.subjects import Identity
from benchmarks.append import CALLERS, rate
from benchmarks.figures import Figure, interleaved
from benchmarks.limits import Pgbench
from benchmarks.place import SEED, Place, World
from benchmarks.service import service
from domain.access.model import Request
from domain.shared.city_time import city_day
from infrastructure.bootstrap import web_services
from interfaces.cli.seed import take_in
from interfaces.client.api import Client, Department
from interfaces.client.form_data import load_forms
from interfaces.client.rows import read_rows
from interfaces.client.tables import read_table
from interfaces.demo.identities import company_name, credit_code
from interfaces.demo.penalty import penalty_of

GROUP = "single requests"
PURPOSE, CASE, BASIS = "licensing", "示许受字〔2026〕7号", "《中华人民共和国行政许可法》第三十四条"
WAYS = ("query direct", "query over HTTP", "determination over HTTP")


def measure(place: Place, *, quick: bool) -> Iterator[Figure]:
    """Figures of single requests, of 1 and of 16 callers; ``quick`` takes one short round instead of three."""
    seconds, rounds, rows = (1, 1, 500) if quick else (2, 3, 5_000)
    world = place.world()
    agency = place.city.agencies[0].code
    take_in(world.ledger, place.workbook(rows), department=agency, key=world.keys[agency])
    while world.projector.projector.run_once():
        pass
    pgbench = Pgbench(place, world.admin_url)
    with service(world) as running:
        acts = dict(zip(WAYS, _acts(place, world, running.url, _codes(place, rows)), strict=True))
        measures: dict[str, Callable[[], float]] = {}
        for callers in (1, CALLERS):
            measures |= {
                f"L{callers}": lambda n=callers: pgbench.inserts_per_second(n, seconds),  # type: ignore[misc]
                f"LQ{callers}": lambda n=callers: pgbench.logged_reads_per_second(n, seconds),  # type: ignore[misc]
            }
            measures |= {
                f"{way}, {callers}": lambda a=act, n=callers: rate(a, n, seconds)  # type: ignore[misc]
                for way, act in acts.items()
            }
        found = interleaved(measures, rounds)
    for way in WAYS:
        for callers in (1, CALLERS):
            limit = f"{'LQ' if way.startswith('query') else 'L'}{callers}"
            name = f"signed {way}" if "HTTP" in way else way
            name += f", {callers} caller{'s' if callers > 1 else ''}"
            yield Figure(GROUP, name, found[f"{way}, {callers}"], "per s", found[limit], limit)


def _codes(place: Place, rows: int) -> list[str]:
    """The companies of the workbook that was taken in."""
    forms = load_forms()
    table = read_table(place.workbook(rows), forms=forms)
    parts = [row.parts["public"] for row in read_rows(table, forms) if row.parts]
    return [str(public["CF_XDR_SHXYM"]) for public in parts if public.get("CF_XDR_SHXYM")]


def _acts(place: Place, world: World, url: str, codes: list[str]) -> tuple[Callable[[], object], ...]:
    """One act of each of :data:`WAYS`; departments take turns, so that none uses up what one may ask in a minute."""
    shared = web_services(world.settings, load_forms()).shared
    today, random, numbers = city_day(world.ledger.now()), Random(SEED), count(1)
    officers = {o.department: o.key for o in place.city.officers if o.role == "operator"}
    agencies = [agency for agency in place.city.agencies if agency.code in officers]
    clients = {
        agency.code: Client(url, Department(agency.code, world.keys[agency.code]), attempts_max=1)
        for agency in agencies
    }
    asked, turns = cycle(codes), cycle(agencies)

    def direct() -> None:
        code = next(turns).code
        request = Request(code, officers[code], PURPOSE, CASE, BASIS, today)
        shared.ask(request, [Identity("organisation", "", next(asked))], attempt=b"")

    def over_http() -> None:
        code = next(turns).code
        subject = {"code": next(asked)}
        clients[code].query([subject], official=officers[code], purpose=PURPOSE, case=CASE, basis=BASIS)

    def determined() -> None:
        source = next(turns)
        code = credit_code(random, prefix="91", division=place.city.division_code)
        parts = penalty_of(source, company_name(random), code, number=next(numbers), today=today)
        clients[source.code].determine(parts, form="penalty")

    return direct, over_http, determined
