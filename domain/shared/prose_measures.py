"""Sentences about the measures list and measures; merged into the one table in ``prose.py``."""

from __future__ import annotations

MEASURE_PROSE: dict[str, tuple[str, str]] = {
    "measure_basis_incomplete": (
        "措施 {measure} 的第 {number} 条依据须写明名称、文号和条款。",
        "Provision {number} of measure {measure} needs title, number and article.",
    ),
    "measure_basis_insufficient": (
        "措施 {measure} 的第 {number} 条依据不是法律、法规或者党中央、国务院政策文件的条款。",
        "Provision {number} of measure {measure} is no article of a law, regulation or central policy.",
    ),
    "measure_without_basis": (
        "措施 {measure} 没有直接援引任何条款。",
        "Measure {measure} cites no provision.",
    ),
    "measure_basis_stopped": (
        "措施 {measure} 所引《{title}》没有充分依据，已停止执行，不能作为依据。",
        "{title}, which measure {measure} cites, is not executed for lack of a basis and can found nothing.",
    ),
    "measure_layer_unknown": (
        "措施 {measure} 的层级须为：{values}。",
        "The layer of measure {measure} is one of: {values}.",
    ),
    "measure_national_layer": (
        "措施 {measure} 属于全国基础清单，只能导入，不能在本地修改。",
        "Measure {measure} belongs to the national list, which is imported and never edited here.",
    ),
    "measure_supplement_basis": (
        "措施 {measure} 列入本地补充清单，须有地方性法规依据。",
        "Measure {measure} is in the local supplement, which needs a local regulation.",
    ),
    "measure_days_unreadable": (
        "措施 {measure} 的起止日期无法使用。",
        "The days of measure {measure} cannot be used.",
    ),
    "measure_carrier_unknown": (
        "措施 {measure} 的实施方式须为：{values}。",
        "Measure {measure} is carried out by one of: {values}.",
    ),
    "measure_orders_others": (
        "措施 {measure} 强制金融机构、信用服务机构、行业协会商会或新闻媒体惩戒，不得列入清单。",
        "Measure {measure} orders financial institutions, credit services, associations or media to punish.",
    ),
    "measure_subjects_unknown": (
        "措施 {measure} 须写明适用的主体类型：{values}。",
        "Measure {measure} names the kinds of subjects that it fits: {values}.",
    ),
    "measure_fits_nothing": (
        "措施 {measure} 的第 {number} 条依据没有写明关联的目录事项或名单。",
        "Provision {number} of measure {measure} names no catalogue item or list that it is related to.",
    ),
    "measure_severity_unknown": (
        "措施 {measure} 的第 {number} 条依据须写明适用的严重程度：{values}。",
        "Provision {number} of measure {measure} names the severities that it fits: {values}.",
    ),
    "measure_heavy_for_slight": (
        "措施 {measure} 减损权益或增加义务，第 {number} 条依据不得适用于轻微失信。",
        "Measure {measure} reduces rights or adds duties; provision {number} cannot fit slight conduct.",
    ),
    "measure_without_term": (
        "措施 {measure} 的第 {number} 条依据没有写明最长期限（月）。",
        "Provision {number} of measure {measure} states no longest term in months.",
    ),
}
