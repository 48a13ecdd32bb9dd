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
    "measure_before_publication": (
        "措施 {measure} 的生效日期早于公布日期（{day}）；清单公布之后才能施行，请把生效日期定在公布当日或以后。",
        "Measure {measure} would be in force before it is published ({day}); let it begin on that day or later.",
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
    "measure_not_listed": (
        "现行惩戒措施清单中没有这项措施。",
        "The measures list in force has no such measure.",
    ),
    "measure_item_suspended": (
        "措施 {measure} 所依据的《{title}》已停止执行，措施暂停。",
        "Measure {measure} is suspended: {title}, which it rests on, is not executed.",
    ),
    "measure_left_to_others": (
        "措施 {measure} 由市场主体自主决定，任何部门不得要求实施。",
        "Measure {measure} is left to others to decide; no department may order it.",
    ),
    "measure_addressed_to_others": (
        "措施只能由部门实施，不得要求金融机构、信用服务机构、行业协会商会、新闻媒体等惩戒。",
        "Departments alone apply measures; banks, credit services, associations and media are not ordered.",
    ),
    "measure_of_another_process": (
        "措施 {measure} 由列入名单或公示共享的程序实施，不能单独对主体采取。",
        "Measure {measure} is carried out by a listing case or by publicity, not applied by itself.",
    ),
    "measure_not_its_department": (
        "本部门不是措施 {measure} 的实施部门。",
        "This department does not apply measure {measure}.",
    ),
    "measure_on_a_score": (
        "不得以信用分低为由采取措施。",
        "No measure rests on a credit score.",
    ),
    "measure_on_a_reference": (
        "行业协会、评级机构等提供的名单仅供参考，不得据以采取措施；须有行政机关依据文书认定的记录或者名单。",
        "Lists of associations and agencies are for reference and found no measure; it takes a record or listing that"
        " an authority determined.",
    ),
    "measure_on_a_watch": (
        "列入重点关注名单本身不是惩戒，也不得据以采取措施；须针对具体的失信记录。",
        "Being watched is no punishment and founds no measure; it takes a concrete record.",
    ),
    "measure_without_ground": (
        "措施须针对具体的记录或名单：{values}。",
        "A measure rests on one concrete ground: {values}.",
    ),
    "measure_without_fact": (
        "没有可以据以采取措施的失信记录或名单。",
        "There is no record or listing on which a measure could rest.",
    ),
    "measure_ground_gone": (
        "所针对的记录或名单已不成立、已修复或者到期，不能据以采取措施。",
        "The record or listing no longer stands, was repaired or is over; no measure rests on it.",
    ),
    "measure_ground_objected": (
        "所针对的信息正在异议核实中，核实期间不得实施。",
        "An objection to what it rests on is being verified; no measure is executed meanwhile.",
    ),
    "measure_provision_unknown": (
        "所引条款不是措施 {measure} 在清单中的依据，须按清单直接援引名称、文号和条款。",
        "The provision cited is none of measure {measure} in the list; cite title, number and article as it has them.",
    ),
    "measure_not_related": (
        "所引条款与事项 {item} 无关联，不能据以采取措施 {measure}。",
        "The provision cited is not related to item {item}; measure {measure} cannot rest on it.",
    ),
    "measure_spared_by_leniency": (
        "记录属于未成年人，或经宽容审慎评估，不得据以采取减损权益或增加义务的措施 {measure}；其他措施不受影响。",
        "Measure {measure} reduces rights or adds duties; a minor's record, or one recorded under a leniency "
        "assessment, founds no such measure. Others stay open.",
    ),
    "measure_too_heavy": (
        "失信程度为{severity}，不得采取减损权益或增加义务的措施 {measure}（小过重惩）。",
        "The conduct is slight ({severity}); measure {measure} reduces rights or adds duties and is too heavy.",
    ),
    "measure_severity_unfit": (
        "失信程度为{severity}，不在所引条款适用措施 {measure} 的程度之内。",
        "The provision cited does not fit conduct of this severity ({severity}) for measure {measure}.",
    ),
    "measure_of_other_subjects": (
        "措施 {measure} 不适用于这类主体。",
        "Measure {measure} does not fit this kind of subject.",
    ),
    "measure_stacked": (
        "该部门已就同一事实（同一记录，或者以其为依据的名单）对该主体采取或正在办理措施 {measure}，不得重复惩戒。",
        "The department has measure {measure} on the same fact already (the record itself, or a list that rests on it);"
        " it is not applied twice.",
    ),
    "measure_beyond_the_standard": (
        "期限超过法定标准：自首次实施起至多{months}个月，最迟到{last}。",
        "The term goes beyond the legal standard: {months} months from the first day, {last} at the latest.",
    ),
    "measure_term_unusable": (
        "措施须写明起止日期：自今日起，止于今日或以后。",
        "A measure has a first day, today, and a last one, today or later.",
    ),
    "measure_outlives_its_ground": (
        "措施的期限不得超过所针对名单的期限（{last}）。",
        "The measure cannot outlast the listing that it rests on ({last}).",
    ),
    "measure_of_other_naming": (
        "所实施的措施、条款或部门与发起的不一致。",
        "Measure, provision or department differ from what was named.",
    ),
    "measure_of_other_ground": (
        "实施须写明所依据的发起（其叶子哈希）和所针对的记录或名单。",
        "The act names the naming that it follows, by its leaf hash, and what it rests on.",
    ),
    "measure_without_content": (
        "实施须写明措施的具体内容。",
        "The act says what the measure consists of.",
    ),
    "measure_not_the_initiator": (
        "只有认定部门可以发起其他部门实施；其他部门只能由本部门实施。",
        "Only the department that determined names other departments; any other names itself alone.",
    ),
    "measure_responder_unknown": (
        "响应部门没有登记。",
        "A responding department is not registered.",
    ),
    "measure_responders_repeated": (
        "响应部门至少一个、至多{most}个，且不得重复。",
        "One to {most} responding departments, each once.",
    ),
    "measure_responder_out_of_scope": (
        "响应部门不在这项信息的共享范围内。",
        "A responding department is outside the sharing scope of the information.",
    ),
    "measure_answered_already": (
        "这项措施已经答复。",
        "This measure was answered already.",
    ),
    "measure_suspended_now": (
        "这项措施因异议核实暂停，核实期间不得实施。",
        "This measure is suspended while an objection is verified; it is not applied meanwhile.",
    ),
    "measure_item_replaced": (
        "清单中的措施已有新版本，请按现行清单重新发起。",
        "The list has a newer version of the measure; name it anew under the list in force.",
    ),
    "measure_nothing_to_report": (
        "这项措施没有需要反馈的实施情况。",
        "There is nothing to report on this measure.",
    ),
    "measure_report_empty": (
        "反馈须写明实施情况。",
        "A report says what was done.",
    ),
    "measure_not_applied": (
        "这项措施没有在实施。",
        "This measure is not being applied.",
    ),
    "measure_ground_stopped": (
        "事项或名单 {item} 所依据的文件没有充分依据，已停止执行，措施不得以其为依据。",
        "Item or list {item} rests on a document without sufficient basis and is not executed; nothing rests on it.",
    ),
    "measure_stopped": (
        "该措施所依据的 {item} 已停止执行，自停止之时起措施不再执行并已结束；请查看最新状态，反馈解除情况。",
        "What the measure rests on, {item}, is not executed any more; the measure is over from that instant on. Look at"
        " it anew and report that it was lifted.",
    ),
    "measure_roles_unknown": (
        "措施 {measure} 的第 {number} 条依据所及关联责任人须为：{values}。",
        "The linked persons whom provision {number} of measure {measure} reaches are of: {values}.",
    ),
    "measure_not_of_linked": (
        "清单中措施 {measure} 的这一条款不适用于该单位的{role}（适用的关联责任人：{values}），只能对单位本身实施。",
        "This provision of measure {measure} does not reach the organisation's {role} (it reaches: {values}); the "
        "measure can be applied to the organisation alone.",
    ),
    "measure_cause_unknown": (
        "解除原因须为：{values}（本部门认为已经纠正，措施本身错误，或者发起部门认定失信行为已经纠正）。",
        "The cause of lifting is one of: {values} (corrected, the measure itself wrong, or all ended by their"
        " initiator).",
    ),
    "measure_conduct_corrected": (
        "发起部门已经认定这一失信行为得到纠正，主体不再作为惩戒对象；有新的失信行为的，先认定，再以新的记录为依据。",
        "The conduct was found corrected, so the subject is measured for it no more; new conduct is determined first"
        " and is a ground of its own.",
    ),
    "measure_of_another_initiator": (
        "只有发起部门可以因失信行为已经纠正而一并解除；实施部门解除本部门的措施，原因写 corrected。",
        "Only the initiating department ends all measures on the conduct; any other lifts its own, with the cause"
        " corrected.",
    ),
    "measure_never_applied": (
        "这项措施没有实施过，也不再待实施，没有可以提出异议的内容。",
        "This measure was never applied and waits for nobody; there is nothing left to object to.",
    ),
    "measure_objected_already": (
        "对这项措施的异议正在核实，{last}前答复；期间措施暂停执行。",
        "An objection to this measure is being verified and answered by {last}; it is not executed meanwhile.",
    ),
    "measure_objection_pending": (
        "对这项措施的异议尚未答复（期限{last}）。请先答复：支持异议即解除措施，不支持则说明理由和救济途径。",
        "An objection to this measure is not answered yet (due {last}). Answer it first: upheld, the measure is "
        "lifted; rejected, say why and which remedies are open.",
    ),
    "measure_no_objection_pending": (
        "对这项措施没有待答复的异议。",
        "No objection to this measure waits for an answer.",
    ),
    "measure_decided_by_applier": (
        "对措施的异议须由实施该措施以外的工作人员处理。",
        "An objection to a measure is answered by another officer than the one who applied it.",
    ),
    "measure_decided_by_namer": (
        "对措施的异议须由发起该措施以外的工作人员处理。",
        "An objection to a measure is answered by another officer than the one who named it.",
    ),
    "measure_without_term": (
        "措施 {measure} 的第 {number} 条依据没有写明最长期限（月）。",
        "Provision {number} of measure {measure} states no longest term in months.",
    ),
}
