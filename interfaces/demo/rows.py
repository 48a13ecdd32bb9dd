"""Makes up single 双公示 rows, and spoils one in a named way.

The generator puts the rows into files; nothing here reads a clock or draws from anywhere but ``Random``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from domain.shared.deadlines import add_months
from interfaces.demo import identities
from interfaces.demo.city import DemoDepartment

Cell = str | float | date
Row = dict[str, Cell]

OLDEST_DAYS = 300
FILLER_CODE = "00000000000000000X"
SHORT_NAMES = {
    "market": "市场",
    "ecology": "环",
    "emergency": "应急",
    "transport": "交通",
    "urban_management": "城管",
    "human_resources": "人社",
}
OFFENCES = (
    ("未取得排污许可证排放污染物", "《排污许可管理条例》第三十三条", "罚款"),
    ("未对从业人员进行安全生产教育和培训", "《中华人民共和国安全生产法》第九十七条", "罚款"),
    ("擅自从事道路货物运输经营", "《中华人民共和国道路运输条例》第六十三条", "罚款;没收违法所得"),
    ("生产经营不符合食品安全标准的食品", "《中华人民共和国食品安全法》第一百二十四条", "罚款;没收违法所得"),
    ("克扣、无故拖欠农民工工资", "《保障农民工工资支付条例》第五十三条", "罚款"),
    ("未按规定设置广告设施", "《城市市容和环境卫生管理条例》第三十六条", "警告"),
)
SEVERITY_MONTHS = (("轻微", 3), ("一般", 12), ("严重", 36))


@dataclass(frozen=True, slots=True)
class Maker:
    """What all rows of one file share: the sending agency, the day of making, the number series.

    ``earliest`` is the first day on which a decision may lie (the catalogue's term).
    """

    agency: DemoDepartment
    seed: int
    today: date
    earliest: date
    division: str

    def number(self, kind: str, decided: date, serial: int) -> str:
        """A document number (文书号) that no other seed, kind or serial has."""
        word = SHORT_NAMES.get(self.agency.key, "演")
        return f"示{word}演{kind}字〔{decided.year}〕{self.seed:04d}{serial:06d}号"

    def decided(self, random: Random) -> date:
        """A day of decision within the catalogue's term, at most ``OLDEST_DAYS`` ago."""
        oldest = max(self.today - timedelta(days=OLDEST_DAYS), self.earliest)
        return oldest + timedelta(days=random.randint(0, (self.today - oldest).days))


def penalty_of_organisation(random: Random, maker: Maker, serial: int, *, with_severity: bool) -> Row:
    """A penalty on a company, or on an individual business in one of five rows."""
    shop = random.random() < 0.2
    row = _penalty(random, maker, serial, with_severity=with_severity)
    row["CF_XDR_MC"] = identities.shop_name(random) if shop else identities.company_name(random)
    row["CF_XDR_LB"] = "个体工商户" if shop else "法人及非法人组织"
    prefix = "92" if shop else "91"
    row["CF_XDR_SHXYM"] = identities.credit_code(random, prefix=prefix, division=maker.division)
    _representative(random, row, "CF_", on=maker.today)
    return row


def penalty_of_person(random: Random, maker: Maker, serial: int) -> Row:
    """A penalty on a grown-up natural person."""
    row = _penalty(random, maker, serial, with_severity=False)
    row["CF_XDR_MC"] = identities.person_name(random)
    row["CF_XDR_LB"] = "自然人"
    row["CF_XDR_ZJLX"] = "身份证"
    birth = identities.adult_birth(random, on=maker.today - timedelta(days=OLDEST_DAYS))
    row["CF_XDR_ZJHM"] = identities.citizen_id(random, birth=birth)
    return row


def licence(random: Random, maker: Maker, serial: int) -> Row:
    """A licence of five years for a company."""
    decided = maker.decided(random)
    row: Row = {
        "XK_XDR_MC": identities.company_name(random),
        "XK_XDR_LB": "法人及非法人组织",
        "XK_XDR_SHXYM": identities.credit_code(random, prefix="91", division=maker.division),
        "XK_XKWS": "准予行政许可决定书",
        "XK_WSH": maker.number("许", decided, serial),
        "XK_XKLB": random.choice(("普通", "登记", "核准")),
        "XK_XKZS": "经营许可证",
        "XK_XKBH": f"XK{maker.division}{maker.seed:04d}{serial:06d}",
        "XK_NR": "准予从事申请范围内的经营活动",
        "XK_JDRQ": decided,
        "XK_YXQZ": decided,
        "XK_YXQZI": add_months(decided, 60) - timedelta(days=1),
        "XK_XKJG": maker.agency.name,
        "XK_XKJGDM": maker.agency.code,
        "XK_ZT": "1",
        "XK_LYDW": maker.agency.name,
        "XK_LYDWDM": maker.agency.code,
    }
    _representative(random, row, "XK_", on=maker.today)
    return row


def _penalty(random: Random, maker: Maker, serial: int, *, with_severity: bool) -> Row:
    decided = maker.decided(random)
    offence, basis, categories = random.choice(OFFENCES)
    severity, months = random.choice(SEVERITY_MONTHS)
    row: Row = {
        "CF_WSH": maker.number("罚", decided, serial),
        "CF_WFXW": offence,
        "CF_SY": f"经查，当事人于{decided.year}年{decided.month}月{offence}，事实清楚、证据确凿。",
        "CF_YJ": basis,
        "CF_CFLB": categories,
        "CF_NR": categories.replace(";", "、"),
        "CF_JDRQ": decided,
        "CF_GSJZQ": add_months(decided, months),
        "CF_CFJG": maker.agency.name,
        "CF_CFJGDM": maker.agency.code,
        "CF_SJLY": maker.agency.name,
        "CF_SJLYDM": maker.agency.code,
    }
    if "罚款" in categories:
        row["CF_NR_FK"] = round(random.uniform(0.1, 60), 4)
        row["CF_NR"] = f"{row['CF_NR']}人民币{row['CF_NR_FK']}万元"
    if "没收违法所得" in categories:
        row["CF_NR_WFFF"] = round(random.uniform(0.1, 10), 4)
    if with_severity:
        row["DISCREDIT_LEVEL"] = severity
    return row


def _representative(random: Random, row: Row, prefix: str, *, on: date) -> None:
    row[f"{prefix}FRDB"] = identities.person_name(random)
    if random.random() < 0.3:
        row[f"{prefix}FR_ZJLX"] = "身份证"
        birth = identities.adult_birth(random, on=on)
        row[f"{prefix}FR_ZJHM"] = identities.citizen_id(random, birth=birth)


@dataclass(frozen=True, slots=True)
class _Spot:
    """The row to spoil, its form's prefix, and what the spoiling may draw from."""

    row: Row
    prefix: str
    first: Row
    today: date
    random: Random

    def put(self, field: str, value: Cell) -> None:
        self.row[self.prefix + field] = value

    def drop(self, *fields: str) -> None:
        for field in fields:
            self.row.pop(self.prefix + field, None)

    def text(self, field: str) -> str:
        return str(self.row[self.prefix + field])


def spoil(row: Row, defect: str, *, first: Row, today: date, random: Random) -> None:
    """Spoil ``row`` in the way that ``defect`` names; ``first`` is the first row of its file.

    Raises ``KeyError`` for a defect that is not in :data:`DEFECTS`.
    """
    prefix = "CF_" if "CF_WSH" in row else "XK_"
    DEFECTS[defect](_Spot(row, prefix, first, today, random))


def _fine_without_amount(at: _Spot) -> None:
    at.put("CFLB", "罚款")
    at.drop("NR_FK", "NR_WFFF")


def _prohibited_remark(at: _Spot) -> None:
    at.row["BZ"] = "当事人血型：O型；病史：高血压"


def _publicity_before_decision(at: _Spot) -> None:
    decided = at.row["CF_JDRQ"]
    if not isinstance(decided, date):
        raise TypeError("a made-up row holds its dates as dates")
    at.put("GSJZQ", decided - timedelta(days=3))


def _unknown_authority(at: _Spot) -> None:
    stranger = identities.credit_code(at.random, prefix="11", division="420100")
    at.put("CFJGDM" if at.prefix == "CF_" else "XKJGDM", stranger)


DEFECTS: dict[str, Callable[[_Spot], None]] = {
    "missing_document_number": lambda at: at.drop("WSH"),
    "missing_basis": lambda at: at.drop("YJ"),
    "missing_content": lambda at: at.drop("NR"),
    "fine_without_amount": _fine_without_amount,
    "unknown_subject_kind": lambda at: at.put("XDR_LB", "法人"),
    "filler_code": lambda at: at.put("XDR_SHXYM", FILLER_CODE),
    "bad_check": lambda at: at.put("XDR_SHXYM", identities.broken_code(at.text("XDR_SHXYM"))),
    "future_decision": lambda at: at.put("JDRQ", at.today + timedelta(days=100)),
    "prohibited_remark": _prohibited_remark,
    "publicity_before_decision": _publicity_before_decision,
    "duplicate_document": lambda at: at.put("WSH", at.first[f"{at.prefix}WSH"]),
    "unknown_authority": _unknown_authority,
}
PENALTY_DEFECTS = tuple(name for name in DEFECTS if name != "missing_content")
LICENCE_DEFECTS = (
    "missing_document_number", "missing_content", "unknown_subject_kind", "filler_code", "bad_check",
    "future_decision", "prohibited_remark", "duplicate_document", "unknown_authority",
)  # fmt: skip
