"""Sentences for defects of one row and of identifiers: what is wrong and what the clerk does about it.

Merged into :data:`domain.shared.prose.PROSE`. ``{name}`` is the field's own name, never its value.
"""

from __future__ import annotations

ROW_PROSE: dict[str, tuple[str, str]] = {
    "credit_code_filler": (
        "{name}填的是占位代码，不是真实代码。请填写真实的统一社会信用代码；没有的不要用占位代码代替。",
        "The {name_en} is a filler, not a real code. Give the real code; never fill in a placeholder.",
    ),
    "credit_code_length": (
        "{name}不是18位。请核对是否漏字或者多字。",
        "The {name_en} does not have 18 characters. Check for missing or extra ones.",
    ),
    "credit_code_characters": (
        "{name}含有不允许的字符（统一社会信用代码只用数字和除I、O、S、V、Z以外的大写字母）。",
        "The {name_en} holds characters that such codes never have (digits and letters except I O S V Z).",
    ),
    "credit_code_first_letter": (
        "{name}的第一位不是规定的登记管理部门代码（1至9、A、N、Y）。",
        "The first character of the {name_en} is no registering department's (1-9, A, N, Y).",
    ),
    "credit_code_check": (
        "{name}的校验码不对，很可能有一位填错了。请对照证照原件核对。",
        "The check character of the {name_en} is wrong; one character is probably mistyped.",
    ),
    "individual_business_prefix": (
        "行政相对人类别是个体工商户，但{name}不是以92开头。请核对类别和代码。",
        "The subject is an individual business but its {name_en} does not begin with 92.",
    ),
    "organisation_prefix": (
        "行政相对人类别是法人及非法人组织，但{name}以92开头（个体工商户的代码）。请核对类别和代码。",
        "The subject is an organisation but its {name_en} begins with 92, as individual businesses' do.",
    ),
    "citizen_id_filler": (
        "{name}填的是占位号码，不是真实号码。请填写真实号码。",
        "The {name_en} is a filler, not a real number.",
    ),
    "citizen_id_old": (
        "{name}是15位的旧身份证号码。请填写18位的现行号码。",
        "The {name_en} is an old citizen id of 15 digits. Give the present one of 18.",
    ),
    "citizen_id_length": ("{name}不是18位。请核对。", "The {name_en} does not have 18 characters."),
    "citizen_id_characters": (
        "{name}应为17位数字加一位数字或者X。请核对。",
        "The {name_en} must be 17 digits and then a digit or X.",
    ),
    "citizen_id_region": (
        "{name}开头的地区代码不存在。请核对。",
        "The region at the beginning of the {name_en} does not exist.",
    ),
    "citizen_id_birth_date": (
        "{name}中的出生日期不存在、早于1900年或者在今天以后。请核对。",
        "The birth date in the {name_en} does not exist, lies before 1900 or in the future.",
    ),
    "citizen_id_check": (
        "{name}的校验码不对，很可能有一位填错了。请对照证件核对。",
        "The check character of the {name_en} is wrong; one character is probably mistyped.",
    ),
    "missing_subject_kind": ("没有填写{name}。", "The {name_en} is missing."),
    "unknown_subject_kind": (
        "{name}只能填：{values}。请改成其中一个。",
        "The {name_en} must be one of: {values}.",
    ),
    "missing_person_id": (
        "行政相对人是自然人，必须填写{name}。",
        "The subject is a natural person: the {name_en} is required.",
    ),
    "missing_document_number": (
        "没有填写{name}。没有文号的决定不能记录。",
        "The {name_en} is missing. A decision without a number is not recorded.",
    ),
    "missing_basis": (
        "没有填写{name}。请写明所依据的法律、法规及其条款。",
        "The {name_en} is missing. Name the law or regulation and its article.",
    ),
    "missing_content": (
        "没有填写{name}。请按决定书原文填写。",
        "The {name_en} is missing. Copy it from the decision.",
    ),
    "missing_field": ("没有填写{name}，这一项必填。", "The {name_en} is missing; it is required."),
    "unknown_value": (
        "{name}不在规定的取值之内。可以填：{values}。",
        "The {name_en} is not in its code table. Lawful values: {values}.",
    ),
    "too_long": ("{name}超过{max}个字。请缩短。", "The {name_en} is longer than {max} characters."),
    "fine_without_amount": (
        "处罚类别含有罚款，但没有填写{name}。",
        "The penalty includes a fine but the {name_en} is missing.",
    ),
    "amount_without_fine": (
        "填写了{name}，但处罚类别没有罚款。请核对处罚类别和金额。",
        "There is a {name_en} but the penalty includes no fine.",
    ),
    "confiscation_without_amount": (
        "处罚类别含有没收，但没有填写{name}。",
        "The penalty includes a confiscation but the {name_en} is missing.",
    ),
    "amount_without_confiscation": (
        "填写了{name}，但处罚类别没有没收。请核对处罚类别和金额。",
        "There is a {name_en} but the penalty includes no confiscation.",
    ),
    "revocation_without_certificate": (
        "处罚类别含有暂扣或者吊销，但没有填写{name}。",
        "The penalty suspends or revokes a certificate but the {name_en} is missing.",
    ),
    "amount_zero": ("{name}是0，与处罚类别不符。", "The {name_en} is zero, which contradicts the penalty."),
    "amount_negative": ("{name}不能是负数。", "The {name_en} must not be negative."),
    "amount_not_a_number": (
        "{name}不是数字。请只填以万元为单位的数字，例如0.2表示2000元。",
        "The {name_en} is not a number. Give a plain number in units of 10,000 yuan.",
    ),
    "amount_too_large": (
        "{name}过大。请核对单位是否为万元。",
        "The {name_en} is too large. Check the unit (10,000 yuan).",
    ),
    "amount_too_precise": (
        "{name}的小数超过{scale}位。请核对金额。",
        "The {name_en} has more than {scale} decimal places.",
    ),
    "bad_date": (
        "{name}不是一个存在的日期。请按2026-03-05的写法填写。",
        "The {name_en} is no existing date. Write it like 2026-03-05.",
    ),
    "date_too_early": ("{name}早于1949年。请核对。", "The {name_en} lies before 1949."),
    "future_decision": (
        "{name}在今天以后。尚未作出的决定不能记录。",
        "The {name_en} lies in the future. A decision not yet made is not recorded.",
    ),
    "publicity_before_decision": (
        "{name}早于处罚决定日期。请核对两个日期。",
        "The {name_en} lies before the decision date.",
    ),
    "validity_reversed": (
        "有效期自晚于{name}。请核对两个日期。",
        "The licence is valid from a day after its {name_en}.",
    ),
    "prohibited_remark": (
        "{name}含有禁止采集的个人信息（宗教信仰、基因、指纹、血型、疾病和病史）。请删去后重新报送。",
        "The {name_en} hold personal data that must never be collected (religion, genes, fingerprints, blood"
        " type, illness, medical history). Remove it and send the row again.",
    ),
    "prohibited_content": (
        "{name}含有禁止采集的个人信息（宗教信仰、基因、指纹、血型、疾病和病史）。请删去后重新报送。",
        "The {name_en} holds personal data that must never be collected (religion, genes, fingerprints, blood"
        " type, illness, medical history). Remove it and send the row again.",
    ),
    "consent_only_remark": (
        "{name}含有未经本人书面同意不得采集的信息（收入、存款、有价证券、商业保险、不动产、纳税数额）。请删去。",
        "The {name_en} hold data that need the person's written consent (income, deposits, securities,"
        " insurance, real estate, tax paid). Remove it.",
    ),
    "public_citizen_id": (
        "{name}将向社会公开，但其中有身份证号码。请删去或者遮盖后重新报送。",
        "The {name_en} would become public and holds a citizen id number. Remove or mask it.",
    ),
    "public_mobile_number": (
        "{name}将向社会公开，但其中有手机号码。请删去后重新报送。",
        "The {name_en} would become public and holds a mobile number. Remove it.",
    ),
    "public_phone": (
        "{name}将向社会公开，但其中有联系电话。请删去后重新报送。",
        "The {name_en} would become public and holds a telephone number. Remove it.",
    ),
    "public_bank_account": (
        "{name}将向社会公开，但其中有银行账号。请删去后重新报送。",
        "The {name_en} would become public and holds a bank account number. Remove it.",
    ),
    "public_home_address": (
        "{name}将向社会公开，但其中有个人住址。请删去后重新报送。",
        "The {name_en} would become public and holds a home address. Remove it.",
    ),
    "person_named_in_title": (
        "{name}将向社会公开，但其中写有自然人姓名。请删去姓名后重新报送。",
        "The {name_en} would become public and names the natural person. Remove the name.",
    ),
    "unknown_field": (
        "含有数据标准以外的数据项。目录之外的信息不采集。",
        "There is a field outside the data standard. Only what the catalogue names is collected.",
    ),
    "unknown_part": ("含有未规定的内容部分。", "The payload has a part that does not exist."),
    "misplaced_field": (
        "{name}放在了不应放的内容部分，应放在 {part} 部分。",
        "The {name_en} stands in a part of the payload where it does not belong; it belongs in {part}.",
    ),
    "wrong_form": (
        "public 部分须写明 form 为 {form}、item 为 {item}；其他目录事项的认定用 determination 表。",
        "The part public states form {form} and item {item}; a determination under another item takes the form"
        " determination.",
    ),
    "not_canonical_value": ("{name}的写法不规范，不能封存。", "The {name_en} is not in its canonical form."),
    "control_character": (
        "{name}含有不可见的控制字符或者损坏的字符。请删去后重新填写。",
        "The {name_en} holds control characters or broken characters. Type it again.",
    ),
    "document_without_legal_force": (
        "{name}不是具有法律效力的文书，不能作为认定依据；可用：{values}。",
        "{name_en}: not a document with legal force, so nothing can be determined on it.",
    ),
    "other_document_without_basis": (
        "以其他文书认定的，须在认定依据中写明规定它的法律、法规或者政策文件（用书名号引出）。",
        "Another kind of document needs the law or central policy that names it, cited in 《》.",
    ),
    "document_not_in_effect": (
        "文书尚未生效、已被撤销或变更，不能作为认定依据。",
        "The document is not in effect, was revoked or overturned.",
    ),
    "document_not_yet_effective": (
        "文书的生效日期在今天之后。",
        "The document takes effect after today.",
    ),
    "effective_before_decision": (
        "文书的生效日期早于作出日期。",
        "The document takes effect before it was made.",
    ),
    "repair_notice_incomplete": (
        "写明信用修复告知书已经送达的，须同时填写{name}；没有送达的，两项都留空。",
        "Where the repair notice was served, the {name_en} stands beside; where it was not, both are left empty.",
    ),
    "repair_notice_day": (
        "{name}须为文书作出之日或以后、报送之日或以前的日期。",
        "The {name_en} is no sooner than the decision and no later than the day of intake.",
    ),
    "document_digest_malformed": (
        "文书文件摘要须为文件的 SHA-256，64位小写十六进制。",
        "The digest is the file's SHA-256, 64 lower-case hex digits.",
    ),
}
