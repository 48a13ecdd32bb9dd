"""Shared queries over HTTP: a department asks with officer, purpose, case and ground, all under its signature."""

from __future__ import annotations

from collections import UserString
from collections.abc import Mapping
from typing import Any

import http_sf
from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.subjects import Identity
from application.queries.looks import told_of
from application.queries.pages import LIMIT_MAX
from application.queries.shared import SUBJECTS_MAX
from application.queries.told import told_answers, told_life
from application.registry import Registry
from domain.access.model import OWN_RECORDS, Purpose, Request
from domain.parties.identifiers import check_citizen_id, check_credit_code, normalise
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused
from interfaces.http.auth import Caller, authenticated
from interfaces.http.bodies import read_body
from interfaces.http.conventions import json_response, logged_refusals
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.paging import AsOf, PageQuestion, asked_page, page_response, read_json
from interfaces.http.schemas import ConsentsAnswer, DossierAnswer, LooksAnswer, QueryAnswer
from interfaces.http.services import services

CITIZEN_ID = "身份证"
blueprint = Blueprint("queries", __name__, url_prefix="/v1")


class Subject(Schema):
    """Whom a query is about: ``code``, or ``id_type`` and ``id_number``."""

    code = fields.String(validate=validate.Length(max=64))
    id_type = fields.String(validate=validate.Length(max=64))
    id_number = fields.String(validate=validate.Length(max=64))


class Query(Schema):
    """A query about one or many subjects, each of them logged."""

    subjects = fields.List(
        fields.Nested(Subject), required=True, validate=validate.Length(min=1, max=SUBJECTS_MAX)
    )
    consent = fields.UUID(
        metadata={"description": "授权查询所依据的授权 / the consent of an authorised query"}
    )


class OwnQuestion(PageQuestion):
    """The one subject that asks about itself, and which page."""

    subjects = fields.List(fields.Nested(Subject), required=True, validate=validate.Length(equal=1))


class LooksQuestion(OwnQuestion):
    """Whose looks, and which page of them."""


class ConsentsQuestion(OwnQuestion):
    """Whose consents, and which page of them."""


class DossierQuestion(OwnQuestion, AsOf):
    """Whose records, which page of them, and as of when."""


def _of_itself(zh: str, en: str, question: type[Schema], answer: type[Schema]) -> Operation:
    """A question of a subject about itself, asked by its portal."""
    told = Answer("一页", "a page", json_of(answer), ("Credit-Receipt",))
    return Operation(
        zh,
        en,
        Access.SUBJECT,
        "本人",
        {200: told},
        takes=json_of(question),
        headers={"Credit-Purpose": True},
        limits=(
            f"每页至多 {LIMIT_MAX} 项；有 next 时，以同样的提问加 cursor 取下一页。",
            f"At most {LIMIT_MAX} entries a page; where there is `next`, ask the same with it as `cursor`.",
        ),
    )


@blueprint.post("/queries")
@operation(
    Operation(
        "共享查询与授权查询",
        "Query subjects",
        Access.QUERY,
        "查询",
        {200: Answer("逐个主体的答复", "an answer for each", json_of(QueryAnswer), ("Credit-Receipt",))},
        takes=json_of(Query),
        limits=(f"一次至多 {SUBJECTS_MAX} 个主体。", f"At most {SUBJECTS_MAX} subjects."),
    )
)
def ask() -> Response:
    """What a department may see of subjects (共享查询): logged before it is read, refused without a purpose."""
    body = read_body()
    caller = authenticated(body)
    with logged_refusals(caller, body):
        given = _query(Query(), body)
    identities = _identities(given)
    with logged_refusals(caller, body):
        request = asked_of(caller, consent=str(given.get("consent") or ""))
    answers = services().shared.ask(request, identities, attempt=body)
    response = json_response(told_answers(answers), 200)
    response.headers["Credit-Receipt"] = ", ".join(dict.fromkeys(f"access:{a.position}" for a in answers))
    return response


@blueprint.post("/subject/who-looked")
@operation(_of_itself("谁查过我", "Who looked at a subject", LooksQuestion, LooksAnswer))
def who_looked() -> Response:
    """Who looked at a subject, when, why and what was shown (PRV-3): asked by its portal, each page itself logged."""
    body = read_body()
    caller = authenticated(body)
    with logged_refusals(caller, body):
        for_subject(caller)
        for_purpose(caller, OWN_RECORDS)
        given = _query(LooksQuestion(), body)
        page = services().subject.who_looked(
            _identities(given)[0], portal=caller.department, asked=asked_page(given)
        )
    return page_response("looks", [told_of(look) for look in page.entries], page)


@blueprint.post("/subject/dossier")
@operation(_of_itself("本人档案", "A subject's dossier", DossierQuestion, DossierAnswer))
def dossier() -> Response:
    """A subject's own records with their whole history (PRV-3), also ``as_of`` a past moment: asked by its portal,
    each page logged before it leaves. Where the subject's keys were destroyed it shows nothing, as of any moment."""
    body = read_body()
    caller = authenticated(body)
    with logged_refusals(caller, body):
        for_subject(caller)
        for_purpose(caller, OWN_RECORDS)
        given = _query(DossierQuestion(), body)
        page = services().subject.dossier(
            _identities(given)[0], portal=caller.department, asked=asked_page(given)
        )
    calendar = Registry(services().ledger).calendar(services().calendar).calendar
    settings = services().settings.read().settings
    records = [told_life(life, calendar, settings) for life in page.entries]
    return page_response("records", records, page, position=page.position)


@blueprint.post("/subject/consents")
@operation(_of_itself("我的授权", "A subject's consents", ConsentsQuestion, ConsentsAnswer))
def consents() -> Response:
    """The consents that a subject gave: to whom, for what, until when, and which it took back (PRV-2); asked by its
    portal, each page logged before it leaves."""
    body = read_body()
    caller = authenticated(body)
    with logged_refusals(caller, body):
        for_subject(caller)
        for_purpose(caller, OWN_RECORDS)
        given = _query(ConsentsQuestion(), body)
        page = services().subject.consents(
            _identities(given)[0], portal=caller.department, asked=asked_page(given)
        )
    return page_response("consents", [vars(consent) for consent in page.entries], page)


def for_subject(caller: Caller) -> None:
    """That a portal says it speaks for a subject itself. Raises ``Refused`` (PRV-3) when it does not."""
    header = caller.signed_header("Credit-On-Behalf-Of")
    if header == "agent":
        raise Refused(Defect("PRV-3", "only_the_subject_itself", "Credit-On-Behalf-Of"))
    if header != "subject":
        raise Refused(Defect("PRV-3", "may_not_speak_for_subjects", "Credit-On-Behalf-Of"))


def for_purpose(caller: Caller, purpose: Purpose) -> None:
    """That a read states the one purpose that it can have. Raises ``Refused`` (QRY-1) when it does not."""
    if asked_purpose(caller)[0] != purpose.code:
        raise Refused(Defect("QRY-1", "purpose_other", "Credit-Purpose", {"code": purpose.code}))


def asked_purpose(caller: Caller) -> tuple[str, str, str]:
    """Purpose, case and ground of ``Credit-Purpose: code; case="..."; basis="..."`` (RFC 9651).

    A header that is missing gives empty values, which the decision refuses by its rule.
    """
    header = caller.signed_header("Credit-Purpose")
    if not header:
        return "", "", ""
    try:
        parsed: Any = http_sf.parse(header.encode("ascii"), tltype="item")
        value, parameters = parsed
        case, basis = parameters.get("case", ""), parameters.get("basis", "")
        if not all(isinstance(text, str | UserString) for text in (case, basis)):
            raise TypeError
        return str(value), str(case), str(basis)
    except (ValueError, TypeError, AttributeError):
        raise Refused(Defect("QRY-1", "purpose_header_malformed", "Credit-Purpose")) from None


def asked_of(caller: Caller, *, consent: str = "") -> Request:
    """The question's own part (共享查询): who asks, why, in which case, on which ground, today. Raises ``Refused``
    (QRY-1) for a purpose that cannot be read."""
    purpose, case, basis = asked_purpose(caller)
    return Request(
        department=caller.department,
        officer=caller.signed_header("Credit-Official"),
        purpose=purpose,
        case=case,
        basis=basis,
        on=city_day(services().ledger.now()),
        consent=consent,
    )


def _identities(given: Mapping[str, Any]) -> list[Identity]:
    """The subjects asked for. Raises ``Refused`` (FORMAT) naming every one that cannot be."""
    found = [
        identified(subject, where=f"/subjects/{number}") for number, subject in enumerate(given["subjects"])
    ]
    if defects := [defect for _, defect in found if defect]:
        raise Refused(*defects)
    return [identity for identity, _ in found]


def _query(schema: Query | OwnQuestion, body: bytes) -> dict[str, Any]:
    """A question about subjects. Raises ``Refused`` (FORMAT) for a malformed one, 403 for ``as_of`` out of place."""
    try:
        return read_json(schema, body)
    except Refused as refused:
        found = refused.defects[0]
        if found.field not in ("/", "/subjects") or found.code == "member_unknown":
            raise
        most = SUBJECTS_MAX if isinstance(schema, Query) else 1
        raise Refused(Defect("FORMAT", "subjects_missing", "/subjects", {"most": str(most)})) from None


def identity_of(subject: Mapping[str, str], where: str) -> Identity:
    """Whom a loaded :class:`Subject` names. Raises ``Refused`` (FORMAT) when it names nobody."""
    identity, defect = identified(subject, where=where)
    if defect:
        raise Refused(defect)
    return identity


def identified(subject: Mapping[str, str], *, where: str) -> tuple[Identity, Defect | None]:
    """Whom a loaded :class:`Subject` names, and what is wrong with it."""
    code, kind, id_number = (subject.get(n, "") for n in ("code", "id_type", "id_number"))
    if code and not kind and not id_number:
        defect = check_credit_code(code, rule="FORMAT", field=where, name="代码", name_en="code")
        return Identity("organisation", "", normalise(code)), defect
    named = Identity("natural_person", kind, normalise(id_number))
    table = services().forms["penalty"].fields["CF_XDR_ZJLX"].table
    if code or not named.number or table is None or table.canonical(kind) is None:
        return named, Defect("FORMAT", "member_invalid", where, {"where": where})
    if kind != CITIZEN_ID:
        return named, None
    today = city_day(services().ledger.now())
    return named, check_citizen_id(
        id_number, today=today, rule="FORMAT", field=where, name="证件号码", name_en="number"
    )
