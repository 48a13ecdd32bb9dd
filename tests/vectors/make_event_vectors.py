"""Makes golden vectors: of every event version the bytes that are hashed and signed, and of every stored format.

``python -m tests.vectors.make_event_vectors`` writes the files that are missing and never changes one: what is
stored stays as it is for ever. A new event, version or format gets a new example below and a new file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application.projections.renditions import PUBLIC, SHARED, Rendition, seal_rendition
from application.sealing import associated_data, key_reference, pack, seal_part
from application.topics import EVENTS
from domain.shared.canonical import Parts
from domain.transparency.commitment import commit, open_parts, part_commitment
from domain.transparency.leaf import ActLeaf, act_message, issuer_id
from domain.transparency.sealed_file import FileSeal, SealedRow, encode_commitments

FOLDER = Path(__file__).parent
EVENTS_FOLDER = FOLDER / "events"
FORMATS_FILE = FOLDER / "formats.json"
FIXED = json.loads((FOLDER / "leaf_vectors.json").read_text(encoding="utf-8"))
LEDGER, RECORD, SALT = (bytes.fromhex(FIXED[name]) for name in ("ledger_id", "record_id", "salt"))
KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(FIXED["key"]["seed"]))
FILE, ROW = UUID("0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f"), UUID("0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a")
ISSUER = issuer_id(KEY.public_key().public_bytes_raw())

BASIS = {
    "title": "中华人民共和国行政处罚法",
    "document_number": "主席令第七十号",
    "article": "第四十八条",
    "level": "law",
    "certainty": "verified",
}
ITEM: dict[str, Any] = {
    "code": "C03-02",
    "version": 1,
    "layer": "national",
    "name_zh": "行政处罚信息",
    "name_en": "Administrative penalties",
    "nature": "negative",
    "subject_kinds": ["organisation", "individual_business", "natural_person"],
    "bases": [BASIS],
    "effective_from": "2026-01-01",
    "personal_information_bases": [BASIS],
    "personal_information_consent": False,
    "decided_by": "示范市",
    "certainty": "verified",
}
LOG_KEY = "credit.example.cn/records+4b2447e8+AT9iCn4SmL+UrNVOVMsjeSQg50lDEEh0cLGWNlUiDXo5"
STANDARD: dict[str, Any] = {
    "code": "C06-04",
    "version": 1,
    "scope": "national",
    "name_zh": "市场监督管理严重违法失信名单",
    "name_en": "Serious violations in market supervision",
    "domain": "competition_and_social_order",
    "area_bases": [BASIS],
    "standard_bases": [BASIS],
    "criteria": "认定标准",
    "removal_conditions": "移出条件",
    "removal_procedure": "移出程序",
    "remedies": "救济措施",
    "published_at": "信用中国",
    "public": True,
    "repair_removes": True,
    "statement_working_days": 5,
    "answer_working_days": 7,
    "removal_working_days": 7,
    "effective_from": "2021-09-01",
    "term_months": 36,
    "early_months": 12,
    "least_rank": "county",
    "decided_by": "",
    "certainty": "verified",
    "reasons": [],
}
CITED = {name: BASIS[name] for name in ("title", "document_number", "article")}
MEASURE: dict[str, Any] = {
    "code": "M01",
    "version": 1,
    "layer": "national",
    "name_zh": "限制市场或行业准入",
    "name_en": "Restrict market or sector entry",
    "carrier": "department",
    "heavy": True,
    "compulsory": True,
    "subject_kinds": ["organisation"],
    "provisions": [{"basis": BASIS, "items": ["C06-04"], "severities": ["严重"], "months_max": 36}],
    "departments": [],
    "effective_from": "2021-12-16",
    "note": "",
    "decided_by": "示范市",
    "certainty": "verified",
    "reasons": [],
}
EXAMPLES: Mapping[tuple[str, int], Any] = {
    ("measure.item_drafted", 1): {"public": {"code": "M01", "version": 1, "item": MEASURE}},
    ("measure.item_adopted", 1): {"public": {"code": "M01", "version": 1, "item": MEASURE}},
    ("measure.named", 1): {
        "public": {
            "measure": "M01",
            "version": 1,
            "provision": CITED,
            "department": "11420100XK7BQ3M22B",
            "initiator": "11420100XK7BQ3M22B",
            "officer": "market-1",
            "action": "00000000-0000-4000-8000-00000000000b",
            "ground": "record",
            "severity": "严重",
            "named_on": "2026-11-21",
            "feedback_by": "2026-12-22",
            "provisional": False,
        },
        "restricted": {"rests_on": str(ROW), "records": [str(ROW)]},
        "person/1": {"person_name": "示例", "id_type": "身份证", "id_number": "990101198001010018"},
    },
    ("measure.applied", 1): {
        "public": {
            "measure": "M01",
            "version": 1,
            "provision": CITED,
            "department": "11420100XK7BQ3M22B",
            "named": "c1" * 32,
            "from_day": "2026-11-21",
            "until": "2027-11-21",
        },
        "restricted": {"rests_on": str(ROW), "content": "一年内不受理同类许可申请"},
    },
    ("measure.declined", 1): {
        "public": {"department": "11420100XK7BQ3M22B", "officer": "market-1"},
        "restricted": {"reasons": "已不在本辖区经营"},
    },
    ("measure.reported", 1): {
        "public": {
            "department": "11420100XK7BQ3M22B",
            "officer": "market-1",
            "reported_on": "2026-12-21",
            "feedback_by": "2027-01-22",
            "provisional": True,
            "closes": False,
        },
        "restricted": {"done": "未受理申请一件"},
    },
    ("measure.suspended", 1): {
        "public": {"department": "11420100XK7BQ3M22B", "objection": str(FILE), "on_day": "2026-12-01"},
    },
    ("measure.resumed", 1): {
        "public": {"department": "11420100XK7BQ3M22B", "objection": str(FILE), "on_day": "2026-12-08"},
    },
    ("measure.ended", 1): {
        "public": {"department": "11420100XK7BQ3M22B", "cause": "repair", "on_day": "2027-03-01", "closes": False},
        "restricted": {"by": str(ROW)},
    },
    ("measure.overdue", 1): {
        "public": {
            "step": "report",
            "due": "2026-12-22",
            "following": "2027-01-22",
            "department": "11420100XK7BQ3M22B",
            "provisional": True,
        },
        "restricted": {"record": str(ROW)},
    },
    ("measure.objected", 1): {
        "public": {
            "department": "11420100XK7BQ3M22B",
            "filed_by": "agent",
            "received_by": "11420100DEM0XYB175",
            "filed_on": "2026-12-01",
            "answer_by": "2026-12-10",
            "provisional": False,
            "reopens": False,
        },
        "restricted": {
            "grounds": "措施与所针对的记录无关",
            "evidence": ["e1" * 32],
            "power_of_attorney": "a0" * 32,
        },
        "person/2": {
            "agent_name": "李四",
            "agent_id_type": "身份证",
            "agent_id_number": "990106190001010017",
        },
    },
    ("measure.objection_decided", 1): {
        "public": {
            "department": "11420100XK7BQ3M22B",
            "officer": "transport-2",
            "outcome": "rejected",
            "closes": False,
        },
        "restricted": {
            "reasons": "经核实措施适当",
            "remedies": {"reconsideration": "60日内", "litigation": "6个月内"},
        },
    },
    ("subject.measured", 1): {
        "public": {"measure": str(FILE), "code": "M01", "department": "11420100XK7BQ3M22B"},
    },
    ("subject.unmeasured", 1): {"public": {"measure": str(FILE), "code": "M01", "cause": "repair"}},
    ("measure.item_suspended", 1): {
        "public": {
            "code": "M01",
            "versions": [1],
            "document": str(ROW),
            "unit": "114201001ML29E5H67",
            "title": "《示范市交通运输局关于加强信用管理的通知》（示交发〔2019〕3号）",
        }
    },
    ("tipoff.filed", 1): {
        "public": {"department": "11420100DEM0XYB175", "secret": "ab" * 32},
        "person/1": {"name": "示例甲", "contact": "13800000000"},
        "person/2": {"about": "示范市测试有限公司", "code": "91420100MA4KX00G1D", "text": "出借资质投标"},
    },
    ("tipoff.filed", 2): {
        "public": {"department": "11420100DEM0XYB175", "secret": "ab" * 32},
        "restricted": {"names": ["9:" + "cd" * 32]},
        "person/1": {"name": "示例甲", "contact": "13800000000"},
        "person/2": {"about": "示范市测试有限公司", "code": "91420100MA4KX00G1D", "text": "出借资质投标"},
    },
    ("tipoff.opened", 1): {
        "public": {"department": "11420100DEM0XYB175", "officer": "handler-1", "shown": ["report"]},
        "restricted": {"reason": "核实举报内容"},
    },
    ("tipoff.handled", 1): {
        "public": {
            "department": "11420100DEM0XYB175",
            "officer": "handler-1",
            "step": "forwarded",
            "to": "11420100XK7BQ3M22B",
        },
        "restricted": {"text": "已转办"},
    },
    ("consistency.checked", 1): {
        "public": {
            "department": "11420100XK7BQ3M22B",
            "asked_by": "11420100XK7BQ3M22B",
            "form": "penalty",
            "rows": 40,
            "equal": 35,
            "missing_here": 1,
            "missing_there": 2,
            "content_differs": 2,
            "term_differs": 1,
            "must_not_be_public": 1,
            "not_shown_yet": 0,
            "bad_rows": 1,
            "view_position": 128,
        },
        "restricted": {"file": "a1" * 32},
    },
    ("leniency.assessed", 1): {
        "public": {"department": "11420100XK7BQ3M22B", "effect": "not_published", "officer": "case-1"},
        "restricted": {
            "authority": "11420100XK7BQ3M22B",
            "grounds": ["force_majeure"],
            "number": "示市监罚字〔2026〕7号",
        },
        "person/1": {"reason": "因洪水停产，未能按期年报，水退后即补报。"},
    },
    ("leniency.decided", 1): {
        "public": {"decision": "approved", "department": "11420100XK7BQ3M22B", "officer": "case-2"},
    },
    ("record.person_linked", 1): {
        "public": {
            "basis": "《示范市公共信用信息管理办法》第二十条",
            "links": "c1" * 32,
            "record": "0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a",
            "role": "法定代表人",
        },
        "person/1": {"id_number": "990101198001010018", "id_type": "身份证", "name": "示例"},
    },
    ("record.returned", 1): {
        "public": {
            "barred_until": "2029-11-21",
            "by": str(FILE),
            "cause": "repair_revoked",
            "returned_on": "2026-11-21",
            "shows": 1,
        },
    },
    ("repair.revoked", 1): {
        "public": {"cause": "false_material", "officer": "case-2", "revokes": "c1" * 32},
        "restricted": {
            "evidence": ["e1" * 32],
            "reasons": "所附整改证明系伪造。",
            "remedies": {"litigation": "六个月内提起行政诉讼", "reconsideration": "六十日内申请行政复议"},
        },
    },
    ("record.rested", 1): {"public": {"by": str(FILE), "until": "2028-06-30"}},
    ("reorganisation.begun", 1): {
        "public": {
            "court": "示范市中级人民法院",
            "officer": "case-2",
            "record": str(ROW),
            "ruled_on": "2026-10-12",
            "ruling": "（2026）示01破3号之二",
            "source": "11420100XK7BQ3M22B",
            "until": "2028-06-30",
        },
        "restricted": {"evidence": ["e1" * 32]},
    },
    ("reorganisation.applied", 1): {
        "public": {
            "answer_by": "2026-12-04",
            "applied_by": "agent",
            "court": "示范市中级人民法院",
            "provisional": False,
            "received_by": "11420100DEM0XYB175",
            "record": str(ROW),
            "ruled_on": "2026-10-12",
            "ruling": "（2026）示01破3号之二",
            "source": "11420100XK7BQ3M22B",
            "until": "2028-06-30",
        },
        "restricted": {"evidence": ["e1" * 32], "power_of_attorney": "a0" * 32},
        "person/1": {"contact": "电话"},
        "person/2": {"agent_id_number": "990106190001010017", "agent_id_type": "身份证", "agent_name": "示例管理人"},
    },
    ("reorganisation.ended", 2): {
        "public": {
            "department": "11420100XK7BQ3M22B",
            "officer": "case-2",
            "outcome": "refused",
            "record": str(ROW),
        },
        "restricted": {
            "reasons": "裁定书与申请不符。",
            "remedies": {"litigation": "六个月内提起行政诉讼", "reconsideration": "六十日内申请行政复议"},
        },
    },
    ("reorganisation.ended", 1): {
        "public": {
            "department": "11420100XK7BQ3M22B",
            "officer": "case-2",
            "outcome": "failed",
            "record": str(ROW),
        },
        "restricted": {"evidence": ["e2" * 32], "reasons": "法院裁定终止重整计划的执行。"},
    },
    ("repairs.filed", 1): {
        "public": {
            "applied_by": "subject",
            "cases": [[str(FILE), str(ROW), "11420100MB1D0012X5"]],
            "received_by": "11420100DEM0XYB175",
        },
    },
    ("repair.extended", 1): {
        "public": {
            "answer_by": "2026-12-18",
            "department": "11420100XK7BQ3M22B",
            "officer": "case-2",
            "provisional": False,
            "record": str(ROW),
            "working_days": 10,
        },
        "restricted": {"notice": "a7" * 32, "reasons": "须现场核查整改情况。"},
    },
    ("restoration.begun", 1): {
        "public": {
            "answer_by": "2026-12-04",
            "effect": "withdrawn",
            "objection": str(FILE),
            "provisional": False,
            "record": str(ROW),
            "source": "11420100XK7BQ3M22B",
        },
    },
    ("restoration.completed", 1): {
        "public": {
            "evidence": ["e1" * 32],
            "manner": ["notice_to_receivers", "public_statement"],
            "officer": "case-2",
            "restores": "c1" * 32,
        },
    },
    ("restoration.overdue", 1): {
        "public": {
            "department": "11420100XK7BQ3M22B",
            "due": "2026-12-04",
            "provisional": False,
            "record": str(ROW),
            "step": "restore",
        },
    },
    ("restoration.waived", 1): {
        "public": {"declared_by": "agent", "received_by": "11420100MB1D0012X5"},
        "restricted": {"declaration": "d1" * 32, "power_of_attorney": "a0" * 32},
        "person/2": {"agent_id_number": "990106190001010017", "agent_id_type": "身份证", "agent_name": "李四"},
    },
    ("publication.late", 1): {
        "public": {
            "department": "11420100XK7BQ3M22B",
            "form": "penalty",
            "records": [["0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a", "2026-03-11", "4", ""]],
        },
    },
    ("consent.given", 1): {
        "public": {
            "subject": "00000000-0000-4000-8000-00000000000a",
            "recipient": "11420100MB1D0012X5",
            "purpose": "licensing",
            "manner": "在线核验一次",
            "items": ["C03-02"],
            "from_day": "2026-11-21",
            "until": "2027-05-20",
        }
    },
    ("catalogue.item_suspended", 1): {
        "public": {
            "code": "C03-02",
            "versions": [1],
            "document": str(ROW),
            "unit": "114201001ML29E5H67",
            "title": "《示范市交通运输局关于加强信用管理的通知》（示交发〔2019〕3号）",
        }
    },
    ("instrument.entered", 1): {
        "public": {
            "unit": "114201001ML29E5H67",
            "unit_name": "示范市交通运输局",
            "form": "15号",
            "title": "《示范市交通运输局关于加强信用管理的通知》（示交发〔2019〕3号）",
            "shares": True,
            "lists": True,
            "punishes": True,
            "summary": "将行人闯红灯受到行政处罚的行为信息记入个人信用记录",
            "national_basis": False,
            "local_basis": False,
            "basis": "",
            "disposition": "废止",
            "due": "2026年底",
            "due_on": "2026-12-31",
            "sufficient": False,
            "entered_by": "114201001ML29E5H67",
        },
        "person/1": {"contact": "示例丁 副局长", "phone": "027-81234567"},
    },
    ("instrument.return_filed", 1): {
        "public": {
            "what": "plan",
            "unit": "114201001ML29E5H67",
            "filed_by": "114201001ML29E5H67",
            "steps": [{"what": "修订草案送审", "by": "2026-12-10"}],
        }
    },
    ("instrument.overdue", 1): {
        "public": {"unit": "114201001ML29E5H67", "what": "completion", "due": "2026-12-31"}
    },
    ("instrument.notice_issued", 1): {
        "public": {"month": "2026-11", "content": {"until": "2026-11-30", "units": []}}
    },
    ("instrument.exported", 1): {
        "public": {
            "department": "11420100DEM0XYB175",
            "officer": "credit_office-1",
            "role": "credit_officer",
            "purpose": "instrument_cleanup",
            "units": ["114201001ML29E5H67"],
            "documents": 1,
            "digest": "c5" * 32,
        }
    },
    ("indicators.notified", 1): {
        "public": {
            "month": "2026-11",
            "digest": "c8" * 32,
            "content": {"until": "2026-11-30", "units": [{"unit": "114201001ML29E5H67", "recorded": 40}]},
        },
        "restricted": {"exact": [{"unit": "114201001ML29E5H67", "recorded": 41}]},
    },
    ("flag.raised", 1): {
        "public": {"rule": "ACC-2"},
        "restricted": {
            "unit": "114201001ML29E5H67",
            "what": "refused",
            "about": "",
            "times": 1,
            "from_day": "2026-11-20",
            "until_day": "2026-11-20",
            "evidence": [["access:7", "c5" * 32]],
            "answer_by": "2026-12-04",
            "provisional": False,
        },
    },
    ("flag.joined", 1): {
        "public": {"rule": "ACC-2"},
        "restricted": {
            "times": 1,
            "from_day": "2026-11-21",
            "until_day": "2026-11-21",
            "evidence": [["access:9", "c6" * 32]],
        },
    },
    ("flag.reassigned", 1): {
        "public": {"reassigns": "c5" * 32},
        "restricted": {
            "unit": "11420100MB1D0012X5",
            "responsible": "officer-1",
            "reasons": "应由该单位答复",
            "officer": "credit_office-1",
            "answer_by": "2026-12-07",
            "provisional": False,
        },
    },
    ("flag.answered", 1): {
        "public": {"answers": "c6" * 32},
        "restricted": {"statement": "已停止", "materials": ["c7" * 32]},
    },
    ("flag.overdue", 1): {"public": {"due": "2026-12-04"}},
    ("flag.closed", 1): {
        "public": {"closes": "c6" * 32},
        "restricted": {"outcome": "corrected", "reasons": "已核实", "officer": "credit_office-1"},
    },
    ("erasure.requested", 1): {
        "public": {
            "target": "part",
            "of": str(ROW),
            "name": "person/1",
            "cause": "subject_request",
            "basis": "个人信息保护法第四十七条",
            "officer": "credit_office-1",
            "department": "11420100DEM0XYB175",
        }
    },
    ("erasure.approved", 1): {
        "public": {"officer": "credit_office-2", "department": "11420100DEM0XYB175"}
    },
    ("data.erased", 1): {
        "public": {"number": 1, "count": 1, "erased": [["records", "7", "person/1", "c3" * 32]]}
    },
    ("erasure.completed", 1): {"public": {"generation": 2}},
    ("report.issued", 1): {
        "public": {
            "number": "20261121-MFRGGZDFMZTWQ2LK",
            "look": "access:7",
            "media": "application/pdf",
            "shown": [["20261121-MFRGGZDFMZTWQ2LK", "report", "5b" * 32]],
            "answers": ["6c" * 32],
        },
        "restricted": {"objected": ["0f0e0d0c-0b0a-4a0b-8c0d-0e0f00010203"], "from_day": "2025-01-01"},
    },
    ("report.issued", 2): {
        "public": {
            "number": "20261121-MFRGGZDFMZTWQ2LK",
            "look": "access:7",
            "media": "application/pdf",
            "shown": [["20261121-MFRGGZDFMZTWQ2LK", "report", "5b" * 32]],
            "answers": ["6c" * 32],
            "form": "xinlu/report@v2",
        },
        "restricted": {"objected": [], "to_day": "2026-11-20"},
    },
    ("setting.changed", 1): {
        "public": {
            "name": "publicity.maximum_months",
            "value": [3, 6, 24],
            "from_day": "2027-01-01",
            "source": "示例市信用办〔2026〕3号",
            "status": "SEED",
            "reason": "与上级规定一致",
            "officer": "credit_office-1",
        }
    },
    ("consent.withdrawn", 1): {"public": {"on_day": "2026-12-01"}},
    ("purpose.registered", 1): {"public": {"code": "licensing", "zh": "行政许可审批", "en": "licensing"}},
    ("subject.queried", 1): {
        "public": {
            "department": "11420100MB1D0012X5",
            "officer": "officer-1",
            "role": "operator",
            "purpose": "licensing",
            "rules": ["QRY-1", "SHR-1"],
            "view": "shared",
            "view_position": 42,
            "shown": [["00000000-0000-4000-8000-000000000001", "public", "ab" * 32]],
        },
        "restricted": {"case": "示许受字〔2026〕7号", "basis": "《中华人民共和国行政许可法》第三十四条"},
    },
    ("subject.queried", 2): {
        "public": {
            "department": "11420100MB1D0012X5",
            "officer": "officer-1",
            "role": "operator",
            "purpose": "licensing",
            "rules": ["QRY-1", "SHR-1"],
            "view": "shared",
            "view_position": 42,
            "shown": [["00000000-0000-4000-8000-000000000001", "public", "ab" * 32]],
            "answers": ["cd" * 32],
        },
        "restricted": {"case": "示许受字〔2026〕7号", "basis": "《中华人民共和国行政许可法》第三十四条"},
    },
    ("subject.queried", 3): {
        "public": {
            "department": "11420100MB1D0012X5",
            "officer": "officer-1",
            "role": "operator",
            "purpose": "licensing",
            "rules": ["QRY-1", "SHR-1"],
            "view": "shared",
            "view_position": 42,
            "shown": [["00000000-0000-4000-8000-000000000001", "public", "ab" * 32]],
            "answers": ["cd" * 32],
        },
        "restricted": {
            "case": "示许受字〔2026〕7号",
            "basis": "《中华人民共和国行政许可法》第三十四条",
            "objected": ["00000000-0000-4000-8000-000000000001"],
            "reached": 43,
        },
        "person/1": {"asked": {"of": 2, "at": [0]}},
    },
    ("department.key_begun", 1): {"public": {"code": "11420100XK7BQ3M22B", "issuer": "0123456789abcdef"}},
    ("department.ranked", 1): {
        "public": {
            "code": "11420100XK7BQ3M22B",
            "rank": "municipal",
            "basis": "示范市机构编制方案",
        },
    },
    ("department.ranked", 2): {
        "public": {
            "code": "11420100XK7BQ3M22B",
            "rank": "municipal",
            "basis": "示范市机构编制方案",
            "member": True,
        },
    },
    ("department.registered", 1): {
        "public": {"code": "11420100MB1D0012X5", "name": "示范市市场监督管理局", "role": "department"}
    },
    ("officer.registered", 1): {
        "public": {"department": "11420100MB1D0012X5", "pseudonym": "officer-1", "role": "operator"},
        "person/1": {"name": "张三"},
    },
    ("key.registered", 1): {
        "public": {
            "issuer": FIXED["key"]["issuer_id"],
            "algorithm": "ed25519",
            "public_key": FIXED["key"]["public"],
            "holder_kind": "department",
            "holder": "11420100MB1D0012X5",
            "not_before": "2026-01-01",
            "not_after": "2030-12-31",
        }
    },
    ("key.registered", 2): {
        "public": {
            "issuer": FIXED["key"]["issuer_id"],
            "algorithm": "ed25519",
            "public_key": FIXED["key"]["public"],
            "holder_kind": "department",
            "holder": "11420100MB1D0012X5",
            "not_before": "2026-11-21",
            "not_after": "2030-12-31",
            "succeeds": "0123456789abcdef",
            "asked": "ab" * 64,
            "possession": "cd" * 64,
        }
    },
    ("key.ended", 1): {"public": {"issuer": FIXED["key"]["issuer_id"]}},
    ("key.log_announced", 1): {"public": {"number": 2, "keys": [LOG_KEY]}},
    ("key.log_retired", 1): {
        "public": {
            "number": 1,
            "keys": [LOG_KEY],
            "records": 300,
            "access": 20,
            "views": 7,
            "reason": "例行轮换",
        }
    },
    ("key.revoked", 1): {"public": {"issuer": FIXED["key"]["issuer_id"], "reason": "遗失"}},
    ("subject.registered", 1): {
        "public": {"subject_kind": "natural_person"},
        "restricted": {"access_key": "5a" * 32},
        "person/1": {"id_type": "身份证", "id_number": "990106190001010017"},
    },
    ("catalogue.item_drafted", 1): {"public": {**ITEM, "reasons": ["catalogue_masking_undecided"]}},
    ("catalogue.item_adopted", 1): {
        "public": {
            **ITEM,
            "reasons": [],
            "effective_to": "2030-12-31",
            "public_organisation": True,
            "public_natural_person": False,
            "sharing": {"departments": ["*"], "purposes": ["licensing"]},
            "publicity": {"kind": "severity_maximum", "months": [3, 12, 36], "source": "示范市决定"},
            "masking": [{"field": "XDR_MC", "style": "name", "keep_left": 0, "keep_right": 0}],
            "repair": "annotate",
            "collectors": [],
        }
    },
    ("file.sealed", 1): {
        "public": {
            "form": "penalty",
            "root": FIXED["file"]["root"],
            "rows": 5,
            "row_kind": 1,
            "commitments": encode_commitments(b"".join(map(bytes.fromhex, FIXED["file"]["commitments"]))),
        }
    },
    ("record.determined", 1): {
        "public": {
            "form": "penalty",
            "item": "C03-02",
            "CF_XDR_LB": "自然人",
            "CF_WSH": "示市监罚字〔2026〕1000号",
            "CF_JDRQ": "2026-05-06",
            "CF_NR_FK": "3.2",
        },
        "restricted": {"CF_SY": "经查，事实清楚 \"引号\" \\ \u2028 𠮷"},
        "person/1": {"CF_XDR_MC": "张三", "CF_XDR_ZJLX": "身份证", "CF_XDR_ZJHM": "990106190001010017"},
    },
    ("record.publicity_ended", 1): {"public": {"until": "2027-05-06"}},
    ("intake.reported", 1): {
        "public": {
            "department": "11420100MB1D0012X5",
            "form": "penalty",
            "refused": [["7", "DET-2", "document_twice_in_file", "CF_WSH"]],
        }
    },
    ("act.refused", 1): {
        "public": {
            "department": "11420100MB1D0012X5",
            "rules": [["DET-5", "key_revoked", ""]],
            "attempt": "a7" * 32,
        }
    },
    ("act.refused", 2): {
        "public": {
            "department": "11420100MB1D0012X5",
            "rules": [["QRY-1", "purpose_unknown", "Credit-Purpose"]],
            "attempt": "a7" * 32,
        },
        "restricted": {"officer": "clerk-1"},
    },
    ("objection.filed", 1): {
        "public": {
            "record": str(ROW),
            "filed_by": "agent",
            "received_by": "11420100DEM0XYB175",
            "source": "11420100MB1D0012X5",
            "about": "content",
            "route": "source_unit",
            "forward_by": "2026-11-24",
            "answer_by": "2026-12-01",
            "provisional": False,
            "officer": "officer-1",
        },
        "restricted": {
            "grounds": "罚款金额有误",
            "evidence": ["e1" * 32],
            "power_of_attorney": "a0" * 32,
        },
        "person/1": {"contact": "contact"},
        "person/2": {"agent_name": "李四", "agent_id_type": "身份证", "agent_id_number": "990106190001010017"},
    },
    ("objection.decided", 1): {
        "public": {
            "record": str(ROW),
            "outcome": "rejected",
            "department": "11420100MB1D0012X5",
            "officer": "officer-2",
        },
        "restricted": {
            "reasons": "经核实，记录与决定书一致",
            "remedies": {"reconsideration": "60日内申请行政复议", "litigation": "6个月内提起行政诉讼"},
        },
    },
    ("record.corrected", 1): {
        "public": {
            "form": "penalty",
            "item": "C03-02",
            "CF_XDR_LB": "自然人",
            "CF_WSH": "示市监罚字〔2026〕1000号",
            "CF_JDRQ": "2026-05-06",
            "CF_NR_FK": "2.3",
            "corrects": "c0" * 32,
            "objection": str(FILE),
        },
        "restricted": {"CF_SY": "经查，事实清楚"},
        "person/1": {"CF_XDR_MC": "张三", "CF_XDR_ZJLX": "身份证", "CF_XDR_ZJHM": "990106190001010017"},
    },
    ("record.withdrawn", 1): {"public": {"withdraws": "c0" * 32, "objection": str(FILE)}},
    ("repair.applied", 1): {
        "public": {
            "record": str(ROW),
            "applied_by": "agent",
            "received_by": "11420100DEM0XYB175",
            "source": "11420100MB1D0012X5",
            "item": "C03-02",
            "item_version": 1,
            "severity": "一般",
            "mode": "shield",
            "earliest": "2026-08-07",
            "accept_by": "2026-11-25",
            "answer_by": "2026-12-04",
            "provisional": False,
            "officer": "officer-1",
        },
        "restricted": {
            "materials": [["performance_proof", "b1" * 32], ["commitment_letter", "b2" * 32]],
            "power_of_attorney": "a0" * 32,
        },
        "person/1": {"contact": "contact"},
        "person/2": {"agent_name": "李四", "agent_id_type": "身份证", "agent_id_number": "990106190001010017"},
    },
    ("repair.applied", 2): {
        "public": {
            "record": str(ROW),
            "applied_by": "agent",
            "received_by": "11420100DEM0XYB175",
            "source": "11420100MB1D0012X5",
            "item": "C03-02",
            "item_version": 1,
            "severity": "一般",
            "mode": "shield",
            "earliest": "2026-08-07",
            "accept_by": "2026-11-25",
            "answer_by": "2026-12-04",
            "provisional": False,
            "officer": "officer-1",
        },
        "restricted": {
            "materials": [["performance_proof", "b1" * 32], ["commitment_letter", "b2" * 32]],
            "power_of_attorney": "a0" * 32,
            "public_service": {"certified_by": "示范市志愿服务联合会", "hours": 24},
        },
        "person/1": {"contact": "contact"},
        "person/2": {"agent_name": "李四", "agent_id_type": "身份证", "agent_id_number": "990106190001010017"},
    },
    ("repair.materials_requested", 1): {
        "public": {
            "missing": ["commitment_letter"],
            "department": "11420100MB1D0012X5",
            "officer": "officer-2",
        }
    },
    ("repair.materials_supplied", 1): {
        "public": {
            "received_by": "11420100DEM0XYB175",
            "accept_by": "2026-11-25",
            "answer_by": "2026-12-04",
            "provisional": False,
            "officer": "officer-1",
        },
        "restricted": {"materials": [["commitment_letter", "b2" * 32]]},
    },
    ("repair.materials_supplied", 2): {
        "public": {
            "received_by": "11420100DEM0XYB175",
            "accept_by": "2026-11-25",
            "answer_by": "2026-12-04",
            "provisional": False,
            "officer": "officer-1",
        },
        "restricted": {
            "materials": [["public_service", "b3" * 32]],
            "public_service": {"certified_by": "示范市志愿服务联合会", "hours": 24},
        },
    },
    ("repair.accepted", 1): {"public": {"department": "11420100MB1D0012X5", "officer": "officer-2"}},
    ("repair.decided", 1): {
        "public": {
            "record": str(ROW),
            "outcome": "rejected",
            "department": "11420100MB1D0012X5",
            "officer": "officer-2",
            "mode": "shield",
            "basis": BASIS,
        },
        "restricted": {
            "reasons": "尚未履行完毕",
            "remedies": {"reconsideration": "60日内申请行政复议", "litigation": "6个月内提起行政诉讼"},
        },
    },
    ("objection.overdue", 1): {
        "public": {
            "record": str(ROW),
            "step": "answer",
            "due": "2026-12-01",
            "department": "11420100MB1D0012X5",
            "provisional": False,
        }
    },
    ("repair.overdue", 1): {
        "public": {
            "record": str(ROW),
            "step": "decide",
            "due": "2026-12-04",
            "department": "11420100MB1D0012X5",
            "provisional": False,
        }
    },
    ("calendar.loaded", 1): {
        "public": {
            "year": 2027,
            "source": {
                "authority": "国务院办公厅",
                "title": "示例通知",
                "document_number": "示例〔2026〕1号",
                "date": "2026-11-04",
            },
            "holidays": ["2027-01-01"],
            "working_weekend_days": ["2027-01-03"],
            "digest": "d1" * 32,
        }
    },
    ("case.days_recounted", 1): {
        "public": {
            "record": str(ROW),
            "calendar": 1,
            "answer_by": "2027-01-06",
            "provisional": False,
            "forward_by": "2026-12-31",
        }
    },
    ("case.days_recounted", 2): {
        "public": {
            "record": str(ROW),
            "calendar": 1,
            "answer_by": "",
            "provisional": False,
            "feedback_by": "2027-01-22",
        }
    },
    ("record.annotated", 1): {
        "public": {"repair": str(FILE), "annotates": 1, "repaired_on": "2026-11-21"}
    },
    ("record.shielded", 1): {"public": {"repair": str(FILE), "repaired_on": "2026-11-21"}},
    ("list.standard_drafted", 1): {
        "public": {"code": "C06-04", "version": 1, "standard": {**STANDARD, "reasons": ["list_without_remedies"]}}
    },
    ("list.standard_adopted", 1): {"public": {"code": "C06-04", "version": 1, "standard": STANDARD}},
    ("list.standard_suspended", 1): {
        "public": {
            "code": "C06-04",
            "versions": [1],
            "document": str(FILE),
            "unit": "11420100MB1D0012X5",
            "title": "《示范市信用办法》（示人发〔2020〕1号）",
        }
    },
    ("list.transition_ended", 1): {"public": {"code": "C06-04", "version": 1, "until": "2026-12-31"}},
    ("listing.notified", 1): {
        "public": {
            "list_code": "C06-04",
            "version": 1,
            "records": [str(ROW)],
            "department": "11420100MB1D0012X5",
            "officer": "market-1",
            "service": "direct",
            "served_on": "2026-11-20",
            "state_by": "2026-11-27",
            "provisional": False,
        },
        "restricted": {"facts": "事由", "grounds": "依据", "rights": "陈述、申辩", "receipt": "d1" * 32},
    },
    ("listing.statement_made", 1): {
        "public": {
            "made_by": "agent",
            "received_by": "11420100DEM0XYB175",
            "made_on": "2026-11-23",
            "answer_by": "2026-12-02",
            "provisional": False,
        },
        "restricted": {"grounds": "已整改", "evidence": ["e1" * 32], "power_of_attorney": "a0" * 32},
        "person/1": {"contact": "示例"},
        "person/2": {"agent_name": "李四", "agent_id_type": "身份证", "agent_id_number": "990106190001010017"},
    },
    ("listing.statement_answered", 1): {
        "public": {"outcome": "rejected", "department": "11420100MB1D0012X5", "officer": "market-1"},
        "restricted": {"reasons": "证据不足"},
    },
    ("listing.dropped", 1): {
        "public": {"department": "11420100MB1D0012X5", "officer": "market-1"},
        "restricted": {"reasons": "情节轻微"},
    },
    ("listing.decided", 1): {
        "public": {
            "list_code": "C06-04",
            "version": 1,
            "notice": "ab" * 32,
            "records": [str(ROW)],
            "subject_kind": "natural_person",
            "authority": "11420100MB1D0012X5",
            "authority_name": "示范市市场监督管理局",
            "authority_rank": "municipal",
            "document_number": "示市监列字〔2026〕1号",
            "decided_on": "2026-11-30",
            "public": True,
            "basis": "依据",
            "measures": "措施提示",
            "removal_conditions": "移出条件",
            "removal_procedure": "移出程序",
            "remedies": "救济措施",
            "until": "2029-11-30",
        },
        "restricted": {"facts": "事由"},
        "person/1": {"person_name": "张三", "id_type": "身份证", "id_number": "990106190001010017"},
    },
    ("listing.decided", 2): {
        "public": {
            "list_code": "C06-04",
            "version": 1,
            "notice": "ab" * 32,
            "records": [str(ROW)],
            "subject_kind": "natural_person",
            "authority": "11420100MB1D0012X5",
            "authority_name": "示范市市场监督管理局",
            "authority_rank": "municipal",
            "document_number": "示市监列字〔2026〕1号",
            "decided_on": "2026-11-30",
            "public": True,
            "basis": "依据",
            "measures": "措施提示",
            "removal_conditions": "移出条件",
            "removal_procedure": "移出程序",
            "remedies": "救济措施",
            "until": "2029-11-30",
        },
        "restricted": {"facts": "事由", "repair_notice": "c1" * 32, "repair_notice_on": "2026-11-30"},
        "person/1": {"person_name": "张三", "id_type": "身份证", "id_number": "990106190001010017"},
    },
    ("listing.removal_applied", 1): {
        "public": {
            "received_by": "11420100DEM0XYB175",
            "department": "11420100MB1D0012X5",
            "applied_on": "2027-12-01",
            "decide_by": "2027-12-10",
            "provisional": True,
        },
        "restricted": {"materials": [["performance_proof", "b1" * 32]]},
        "person/1": {"contact": "示例"},
    },
    ("listing.removal_refused", 1): {
        "public": {"department": "11420100MB1D0012X5", "officer": "market-1"},
        "restricted": {
            "reasons": "条件不满足",
            "remedies": {"reconsideration": "60日内申请行政复议", "litigation": "6个月内提起行政诉讼"},
        },
    },
    ("listing.removed", 1): {
        "public": {
            "list_code": "C06-04",
            "cause": "repair",
            "removes": "cd" * 32,
            "removed_on": "2027-12-10",
            "by": str(FILE),
        }
    },
    ("listing.overdue", 1): {
        "public": {
            "record": str(ROW),
            "step": "answer",
            "due": "2026-12-02",
            "department": "11420100MB1D0012X5",
            "provisional": False,
        }
    },
    ("redlist.listed", 1): {
        "public": {
            "list_code": "C11-01",
            "version": 1,
            "subject_kind": "natural_person",
            "authority": "11420100MB1D0012X5",
            "authority_name": "示范市市场监督管理局",
            "document_number": "示市监信〔2026〕1号",
            "decided_on": "2026-11-30",
            "public": True,
            "basis": "依据",
            "incentives": "守信激励",
            "until": "2028-11-30",
        },
        "restricted": {"reason": "理由"},
        "person/1": {"person_name": "张三", "id_type": "身份证", "id_number": "990106190001010017"},
    },
    ("redlist.removed", 1): {
        "public": {
            "list_code": "C11-01",
            "cause": "adverse_record",
            "removes": "cd" * 32,
            "removed_on": "2027-12-10",
            "by": str(FILE),
        },
        "restricted": {"reason": "理由"},
    },
    ("watchlist.entered", 1): {
        "public": {"authority": "11420100MB1D0012X5", "entered_on": "2026-11-30", "until": "2027-05-30"},
        "restricted": {
            "ground": "serious_in_key_field",
            "records": [str(ROW)],
            "field": "life_and_health",
            "reason": "理由",
        },
    },
    ("watchlist.ended", 1): {
        "public": {"cause": "corrected", "ends": "cd" * 32, "ended_on": "2027-01-10"},
        "restricted": {"reason": "理由"},
    },
    ("reference.entered", 1): {
        "public": {
            "mark": "仅供参考 / for reference only",
            "brought_by": "11420100MB1D0012X5",
            "decided_on": "2026-11-30",
            "subject_kind": "natural_person",
        },
        "restricted": {
            "source": "示例行业协会",
            "source_kind": "association",
            "list_name": "诚信会员名单",
            "colour": "red",
            "stated_on": "2026-10-01",
        },
        "person/1": {"person_name": "张三", "id_type": "身份证", "id_number": "990106190001010017"},
    },
    ("reference.ended", 1): {
        "public": {"ends": "cd" * 32, "ended_on": "2027-01-10"},
        "restricted": {"reason": "理由"},
    },
    ("entry.objected", 1): {
        "public": {
            "department": "11420100MB1D0012X5",
            "received_by": "11420100DEM0XYB175",
            "filed_on": "2026-11-30",
            "answer_by": "2026-12-03",
            "provisional": False,
        },
        "restricted": {"grounds": "理由", "evidence": ["e1" * 32]},
    },
    ("entry.objected", 2): {
        "public": {
            "department": "11420100MB1D0012X5",
            "received_by": "11420100DEM0XYB175",
            "filed_on": "2026-11-30",
            "answer_by": "2026-12-03",
            "provisional": False,
            "filed_by": "agent",
        },
        "restricted": {"grounds": "理由", "power_of_attorney": "a0" * 32},
        "person/2": {
            "agent_name": "李四",
            "agent_id_type": "身份证",
            "agent_id_number": "990106190001010017",
        },
    },
    ("entry.objection_rejected", 1): {
        "public": {"department": "11420100MB1D0012X5", "officer": "market-1"},
        "restricted": {
            "reasons": "一致",
            "remedies": {"reconsideration": "60日内申请行政复议", "litigation": "6个月内提起行政诉讼"},
        },
    },
    ("subject.noted", 1): {
        "public": {
            "note": "red",
            "entry": str(ROW),
            "department": "11420100MB1D0012X5",
            "leaf": "cd" * 32,
            "on_day": "2026-11-30",
            "records": [],
            "list_code": "C11-01",
            "version": 1,
            "until": "2028-11-30",
        }
    },
    ("subject.unnoted", 1): {"public": {"note": "red", "entry": str(ROW), "cause": "expiry"}},
    ("subject.listed", 1): {
        "public": {
            "listing": str(ROW),
            "list_code": "C06-04",
            "version": 1,
            "department": "11420100MB1D0012X5",
            "records": [str(FILE)],
            "decision": "cd" * 32,
            "on_day": "2026-11-30",
            "repair_removes": True,
            "until": "2029-11-30",
        }
    },
    ("proposal.made", 1): {
        "public": {
            "what": "list_standard",
            "code": "C06-04",
            "revision": 1,
            "content": STANDARD,
            "department": "11420100MB1D0012X5",
        }
    },
    ("proposal.made", 2): {
        "public": {
            "what": "list_standard",
            "code": "C06-04",
            "revision": 1,
            "content": STANDARD,
            "department": "11420100MB1D0012X5",
            "officer": "market-1",
        }
    },
    ("proposal.made", 3): {
        "public": {
            "what": "list_standard",
            "code": "C06-04",
            "revision": 1,
            "content": STANDARD,
            "department": "11420100MB1D0012X5",
            "officer": "market-1",
            "office": "11420100DEM0XYB175",
        }
    },
    ("proposal.consulted", 2): {
        "public": {"opens": "2026-11-21", "closes": "2026-12-21", "officer": "credit_office-1"}
    },
    ("proposal.meeting_called", 1): {
        "public": {
            "proposal": str(ROW),
            "revision": 1,
            "members": ["11420100DM93J4CY37", "11420100DEM0TAX1XP"],
            "meets_on": "2026-12-25",
            "office": "11420100DEM0XYB175",
            "officer": "credit_office-1",
            "department": "11420100DM93J4CY37",
        }
    },
    ("proposal.view_given", 1): {
        "public": {
            "proposal": str(ROW),
            "revision": 1,
            "department": "11420100DM93J4CY37",
            "view": "agree",
            "reasons": "依据充分",
            "officer": "ecology-1",
        }
    },
    ("proposal.reviewed", 2): {
        "public": {
            "outcome": "approved",
            "reasons": "审定通过",
            "revision": 1,
            "held_on": "2026-12-25",
            "views": [
                {
                    "department": "11420100DM93J4CY37",
                    "case": str(FILE),
                    "view": "agree",
                    "reasons": "依据充分",
                    "leaf": "ab" * 32,
                },
                {"department": "11420100DEM0TAX1XP", "case": str(ROW)},
            ],
            "officer": "credit_office-2",
        }
    },
    ("proposal.evaluated", 2): {
        "public": {
            "by": "示范大学",
            "findings": "移出程序不明确",
            "review_by": "2027-12-22",
            "outcome": "revise",
        }
    },
    ("proposal.superseded", 1): {"public": {"by": str(FILE)}},
    ("proposal.consulted", 1): {"public": {"opens": "2026-11-21", "closes": "2026-12-21"}},
    ("proposal.opinion_given", 1): {
        "public": {"number": 1, "group": "expert", "text": "建议缩短期限", "given_on": "2026-11-25"},
        "person/1": {"name": "李四", "contact": "示例"},
    },
    ("proposal.opinion_answered", 1): {
        "public": {"number": 1, "outcome": "partly_adopted", "answer": "部分采纳"}
    },
    ("proposal.reviewed", 3): {
        "public": {
            "outcome": "approved",
            "reasons": "审定通过",
            "revision": 1,
            "held_on": "2026-12-25",
            "views": [{"department": "11420100DEM0TAX1XP", "case": str(ROW)}],
            "officer": "credit_office-2",
            "office": "11420100DEM0XYB175",
        }
    },
    ("proposal.reviewed", 1): {"public": {"outcome": "approved", "reasons": "同意", "revision": 1}},
    ("proposal.published", 1): {
        "public": {"revision": 1, "department": "11420100MB1D0012X5", "review_by": "2028-12-22"}
    },
    ("proposal.evaluated", 1): {
        "public": {"by": "示范大学", "findings": "运行良好", "review_by": "2030-12-22"}
    },
    ("proposal.review_overdue", 1): {
        "public": {
            "record": str(ROW),
            "step": "periodic_review",
            "due": "2028-12-22",
            "department": "11420100MB1D0012X5",
            "provisional": False,
        }
    },
    ("subject.delisted", 1): {
        "public": {"listing": str(ROW), "list_code": "C06-04", "cause": "repair"}
    },
    ("officer.relation_declared", 1): {
        "public": {"department": "11990106MB00000018", "declared_by": "officer-2"},
        "person/1": {"blind": "ab" * 32, "relation": "relative"},
    },
    ("review.opened", 1): {
        "public": {"due": "2026-12-04", "provisional": False},
        "restricted": {
            "look": "access:7", "leaf": "cd" * 32, "department": "11990106MB00000018", "officer": "officer-1",
            "reasons": ["sample", "off_hours"], "epoch": 3, "root": "ef" * 32, "per_10000": 100,
        },
    },
    ("review.overdue", 1): {
        "public": {
            "record": str(ROW),
            "department": "11990106MB00000018",
            "step": "review",
            "due": "2026-12-04",
            "provisional": False,
        }
    },
    ("review.decided", 1): {
        "public": {"decided_on": "2026-12-01"},
        "restricted": {
            "finding": "improper",
            "consequence": "suspended",
            "reasons": "没有在办案件",
            "department": "11990106MB00000018",
            "officer": "supervisor-1",
        },
    },
    ("duty.checked", 1): {
        "public": {"department": "11990106MB00000018", "checked_on": "2026-11-30", "cases": 2, "gaps": 1},
        "restricted": {
            "officer": "officer-1",
            "results": [
                ["示许受字〔2026〕7号", "2026-11-25", "checked"],
                ["示许受字〔2026〕8号", "2026-11-26", "missed"],
            ],
        },
    },
    ("incident.opened", 1): {
        "public": {"kind": "leak", "opened_on": "2026-11-23"},
        "restricted": {
            "source": "office",
            "about": "",
            "facts": "网上出现未公示的处罚内容",
            "officer": "credit_office-1",
            "office": "11420100MB1D0012X5",
        },
    },
    ("incident.evidence_added", 1): {
        "public": {"digest": "ab" * 32},
        "restricted": {"looks": ["access:7"], "subject": str(ROW), "officer": "credit_office-1"},
        "person/1": {"bundle": "e30="},
    },
    ("incident.handled", 1): {
        "public": {"handled_on": "2026-11-24"},
        "restricted": {"what": "measure", "officer": "credit_office-1", "text": "停止该经办人的查询"},
    },
    ("incident.closed", 1): {
        "public": {"closed_on": "2026-11-25"},
        "restricted": {"outcome": "confirmed", "reasons": "已查实", "officer": "credit_office-1"},
    },
    ("officer.suspended", 1): {"public": {"review": str(ROW)}},
    ("officer.reinstated", 1): {
        "public": {"lifts": 2},
        "restricted": {
            "reasons": "已整改并重新培训",
            "department": "11420100MB1D0012X5",
            "officer": "credit_office-1",
        },
    },
    ("officer.relation_ended", 1): {
        "public": {"department": "11420100MB1D0012X5", "ended_by": "supervisor-1", "ends": 1},
        "restricted": {"how": "ended", "reasons": "已调离，不再共事"},
    },
    ("incident.handled", 2): {
        "public": {"handled_on": "2026-11-24"},
        "restricted": {
            "what": "measure",
            "officer": "credit_office-1",
            "text": "停止该经办人的查询",
            "suspends": "officer-1",
        },
    },
}  # fmt: skip
"""An example payload of every event version, made up."""


def event_vector(topic: str, schema: int, kind: int, parts: Parts) -> dict[str, Any]:
    """What is hashed and signed of an event under the fixed ledger, record, salt and key."""
    opened = open_parts(SALT, parts)
    commitment = commit(kind=kind, ledger_id=LEDGER, record_id=RECORD, opened=opened)
    message = act_message(kind=kind, commitment=commitment, issuer=ISSUER)
    return {
        "topic": topic,
        "schema_version": schema,
        "kind": kind,
        "ledger_id": LEDGER.hex(),
        "record_id": RECORD.hex(),
        "salt": SALT.hex(),
        "parts": parts,
        "part_bytes": {name: part.content.hex() for name, part in opened.items()},
        "part_commitments": {name: part_commitment(kind, name, p).hex() for name, p in opened.items()},
        "commitment": commitment.hex(),
        "leaf01": bytes(ActLeaf(kind, commitment, ISSUER, KEY.sign(message))).hex(),
    }


def format_vectors() -> dict[str, Any]:
    """Every other stored format, of fixed keys and nonces."""
    return {"sealing": _sealing(), "sealed_file": _sealed_file(), "renditions": _renditions()}


def _sealing() -> dict[str, Any]:
    owner, stream = UUID(int=0x0A), UUID(bytes=RECORD)
    opened = open_parts(SALT, EXAMPLES["record.determined", 1])
    owners = {name: (owner, name.partition("/")[0]) for name in opened}
    places = {n: associated_data(log="records", stream_id=stream, version=1, name=n) for n in opened}
    sealed = {
        name: seal_part(part, key=bytes([number]) * 32, nonce=bytes([number]) * 12, place=places[name])
        for number, (name, part) in enumerate(sorted(opened.items()), start=1)
    }
    return {
        "about": "parts of record.determined v1 in order of their names, key and nonce of part n are bytes n",
        "owner": str(owner),
        "key_reference": key_reference(owners),
        "associated_data": {name: place.hex() for name, place in places.items()},
        "container": pack(sealed).hex(),
    }


def _sealed_file() -> dict[str, Any]:
    example = EXAMPLES["record.determined", 1]
    row = SealedRow(index=0, record_id=ROW, salt=SALT, parts=example, data_row=1, sheet_row=3)
    payload = EXAMPLES["file.sealed", 1]["public"]
    seal = FileSeal(
        ledger_id=LEDGER,
        file_id=FILE,
        salt=SALT,
        form=payload["form"],
        root=bytes.fromhex(payload["root"]),
        rows=payload["rows"],
        commitments=payload["commitments"],
    )
    signed = FileSeal(**{**vars(seal), "issuer": ISSUER, "signature": KEY.sign(seal.message(ISSUER))})
    return {
        "unsigned_seal_line": seal.to_line().decode(),
        "seal_line": signed.to_line().decode(),
        "row_line": row.to_line().decode(),
        "row_commitment": row.commitment(LEDGER).hex(),
    }


def _renditions() -> list[dict[str, Any]]:
    key = bytes(range(32))
    return [
        {
            "view": rendition.view,
            "record_id": str(rendition.record_id),
            "part": rendition.part,
            "position": rendition.position,
            "key": key.hex(),
            "content": rendition.content.decode(),
            "sealed": seal_rendition(rendition, key=key).hex(),
        }
        for rendition in (
            example_rendition(PUBLIC, "public"),
            example_rendition(SHARED, "public"),
            example_rendition(SHARED, "restricted"),
            example_rendition(SHARED, "person/1"),
        )
    ]


def example_rendition(view: str, part: str, content: bytes = '{"k":"值"}'.encode()) -> Rendition:
    """A rendition of the fixed record; ``content`` in the clear, or sealed."""
    owner = UUID(int=0x0A)
    return Rendition(
        view=view,
        record_id=UUID(bytes=RECORD),
        part=part,
        subject_id=owner,
        item="C03-02",
        position=42,
        until=date(2027, 5, 6),
        key=(owner, "person"),
        content=content,
    )


def main() -> None:
    """Write what is missing."""
    EVENTS_FOLDER.mkdir(exist_ok=True)
    for event in EVENTS:
        path = EVENTS_FOLDER / f"{event.TOPIC}.v{event.SCHEMA}.json"
        if not path.exists():
            parts = EXAMPLES[event.TOPIC, event.SCHEMA]
            _write(path, event_vector(event.TOPIC, event.SCHEMA, int(event.KIND), parts))
    if not FORMATS_FILE.exists():
        _write(FORMATS_FILE, format_vectors())


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
