"""Decides whether a text holds what may never be collected (PRV-1) or may never become public (PUB-2).

Row rules ask it for every free text of a row before the row is sealed; it looks for data about a person, not
for words: 疾病预防控制中心 in the facts is an institution, 血型：O型 is data about somebody.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from domain.parties.identifiers import check_citizen_id
from domain.shared.text import without_blanks

# 浙江条例14, 征信业管理条例14: never collected.
_NEVER = re.compile(
    r"宗教信仰|宗教信徒|信仰宗教|信教|宗教身份|信仰(?:佛|道|伊斯兰|基督|天主)|(?:佛|道|基督|天主|伊斯兰)教(?:徒|信徒)|穆斯林"
    r"|基因|指纹|血型|疾病|病史|病历|病症|患病|患有|确诊|HIV|艾滋|乙肝|肝炎|高血压|糖尿病|冠心病|心脏病|癫痫|抑郁症|精神病|精神分裂|癌症"
    r"|BLOODTYPE|BLOODGROUP|RELIGIO|FINGERPRINT|MEDICALHISTORY|GENETIC|(?<![A-Z])DNA(?![A-Z])",
)
# Institutions, laws and goods whose names hold one of those words and say nothing about a person.
_HARMLESS = re.compile(
    r"《[^》]*》|(?:慢性|地方|传染|职业)?疾?病?疾病预防控制(?:中心|局|机构|所|站)?|疾控(?:中心|局)?|转基因|基因工程|疾病(?:防治|预防|控制)"
    r"(?:中心|院|所|站|局)?|精神病(?:医院|院)|肝炎疫苗|指纹(?:锁|考勤机|机)|(?:传染病|职业病|肝病|皮肤病|心脏病)(?:医院|防治院)"
)
_PLAIN_LABELS = (
    r"宗教信仰|血型|(?:既往|家族|过敏)?病史|疾病史"
    r"|指纹(?:信息|编号|特征|数据|识别码)|基因(?:信息|序列|数据|型|检测结果)"
)
_STRICT_LABELS = r"疾病(?:情况|名称|状况|诊断)?|基因|指纹|患病情况|健康状况"
_LABELLED = re.compile(
    rf"(?:{_PLAIN_LABELS})\s*(?:情况|类型)?\s*(?:[:：=]|为(?!由)|系)\s*\S|血型\s*(?:AB|A|B|O)(?![A-Z])"
    rf"|(?:^|[，。；、,;(（\s]|当事人|本人|其|患者|既往|所患|患有|个人|法定代表人)的?(?:{_STRICT_LABELS})\s*[:：=]\s*\S"
)
_LABEL_HINT = re.compile(r"宗教|血型|病史|指纹|基因|疾病|患病|健康")
# Only with the person's written consent (征信业管理条例14); business turnover is not meant.
_CONSENT_ONLY = re.compile(
    r"(?<![营业销售经违法非])(?<!营业|销售|经营|违法|非法|主营)收入(?:情况|金额|数额|水平|证明)?(?:[:：=为是]\s*\S|\s*\d)"
    r"|(?:存款|有价证券|商业保险|不动产|房产|纳税(?:数额|额|金额|情况))(?:情况|信息|金额|余额|数额|市值|保额|权证号|坐落)?(?:[:：=为是]\s*\S|\s*\d)"
)

_LONG_DIGITS = re.compile(r"\d(?:[ \t\-]?\d){6}")
_CITIZEN_ID = re.compile(r"(?<![0-9A-Z])\d(?:[ \t\-]?\d){16}[ \t\-]?[\dX](?![0-9A-Z])")
_OLD_CITIZEN_ID = re.compile(r"身份证(?:件)?(?:号码|号)?\s*[:：为是]?\s*\d{15}(?!\d)")
_MOBILE = re.compile(r"(?<![0-9A-Z.\-])(?:\+?86[ \-]?)?1[3-9]\d[ \-]?\d{4}[ \-]?\d{4}(?![0-9A-Z.])")
_BANK_ACCOUNT = re.compile(
    r"(?:银行账[号户]|银行帐[号户]|账号|帐号|账户|帐户|银行卡号?|卡号)\D{0,6}?\d(?:[ \-]?\d){8,}"
)
_PHONE = re.compile(r"(?:电话|手机号?|联系方式|传真|座机)\D{0,6}?(?:\(?\d{3,4}\)?[ \-]?)?\d{7,8}(?!\d)")
_ADDRESS = re.compile(
    r"(?:家庭住址|家庭地址|住址|居住地址?|户籍地址?|户籍所在地|现住地?)\s*(?:[:：=]|为|系|位于)\s*\S"
)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()


def is_prohibited_in_remarks(text: str) -> bool:
    """Whether remarks mention religion, genes, fingerprints, blood type, illness or medical history at all.

    However written: blanks, marks and invisible characters between the characters do not hide it.
    """
    plain = _HARMLESS.sub("", _folded(text))
    return _NEVER.search("".join(c for c in plain if c.isalnum())) is not None


def is_prohibited_in_text(text: str) -> bool:
    """Whether any other free text states such data as a labelled value (血型：O型, 病史为…)."""
    folded = without_blanks(_folded(text))
    return _LABEL_HINT.search(folded) is not None and _LABELLED.search(_HARMLESS.sub("", folded)) is not None


def needs_written_consent(text: str) -> bool:
    """Whether remarks state income, deposits, securities, insurance, real estate or tax paid of somebody."""
    return _CONSENT_ONLY.search(_folded(text)) is not None


def personal_data_in_public(text: str, *, today: date, is_certificate: bool = False) -> str:
    """The code of the first personal datum in a text that would become public, or "".

    Citizen ids count only with a right check character and birth date, so that other long numbers pass.
    ``is_certificate``: the field names certificates and their numbers; only citizen ids are looked for.
    """
    folded = _folded(text)
    if not is_certificate and _ADDRESS.search(folded):
        return "public_home_address"
    if not _LONG_DIGITS.search(folded):
        return ""
    for found in _CITIZEN_ID.finditer(folded):
        if check_citizen_id(found[0].replace("-", ""), today=today) is None:
            return "public_citizen_id"
    if _OLD_CITIZEN_ID.search(folded):
        return "public_citizen_id"
    if is_certificate:
        return ""
    for pattern, code in (
        (_BANK_ACCOUNT, "public_bank_account"),
        (_MOBILE, "public_mobile_number"),
        (_PHONE, "public_phone"),
    ):
        if pattern.search(folded):
            return code
    return ""
