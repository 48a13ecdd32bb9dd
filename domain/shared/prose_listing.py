"""Sentences about lists, their standards and listing cases; merged into the one table in ``prose.py``."""

from __future__ import annotations

LISTING_PROSE: dict[str, tuple[str, str]] = {
    "list_suspended": (
        "名单 {list} 的标准所依据的《{title}》没有充分依据，已停止执行：标准修订之前不得列入任何主体。",
        "The standard of list {list} rests on {title}, which has no sufficient basis and is not executed: nobody is "
        "listed until the standard is revised.",
    ),
    "listing_repair_notice": (
        "信用修复告知书随决定送达的，须写明送达日期和文件的 SHA-256 摘要（64位小写十六进制）；没有送达的，两项都不填。",
        "A repair notice that was served is told with its day and its SHA-256, 64 lower-case hex digits; else neither.",
    ),
    "listing_repair_notice_day": (
        "信用修复告知书与列入决定同日送达；送达日期须为决定之日。",
        "The repair notice is served together with the decision, on the day of the decision.",
    ),
    "list_transition_days": (
        "名单 {list} 的过渡期须写明截止日，并在标准的施行期之内；没有过渡期的，不引用过渡期依据。",
        "The transition of list {list} ends on a day within the days of its standard; without one, no text is cited.",
    ),
    "list_transition_unfounded": (
        "名单 {list} 的过渡期不得晚于 {day}（国办发〔2020〕49号 九）；另有文件规定过渡期的，写明其名称、文号和条款。",
        "List {list} is kept over a transition until {day} at most (国办发〔2020〕49号 九), unless a text that sets one"
        " later is cited by title, number and article.",
    ),
    "list_transition_prolonged": (
        "名单 {list} 的过渡期不得延长：到期前更新标准，或者到期终止。",
        "The transition of list {list} is not prolonged: update its standard before it ends, or let it end.",
    ),
    "list_basis_stopped": (
        "名单 {list} 的标准所引《{title}》没有充分依据，已停止执行，不能作为依据。",
        "{title}, which the standard of list {list} cites, is not executed for lack of a basis and founds nothing.",
    ),
    "list_domain_unknown": (
        "名单 {list} 不属于法定的四类领域（{values}），不得设列。",
        "List {list} belongs to none of the four domains ({values}); it cannot be set up.",
    ),
    "list_basis_insufficient": (
        "名单 {list} 的设列没有引用法律、法规或者党中央、国务院政策文件的具体条款。",
        "List {list} cites no article of a law, regulation or central policy that sets it up.",
    ),
    "list_standard_level_national": (
        "名单 {list} 的认定标准须由法律、行政法规、党中央国务院政策文件确定，暂不具备条件的由部门规章确定。",
        "The standard of list {list} must stand in a law, administrative regulation or central policy, for now also"
        " in a department rule.",
    ),
    "list_standard_level_local": (
        "名单 {list} 仅在地方实施，认定标准须由地方性法规规定。",
        "List {list} is local; its standard must stand in a local regulation, nothing less.",
    ),
    "list_national": (
        "名单 {list} 在全国范围内实施，其认定标准只能导入，不能在本地制定或修改；地方名单须另设名单。",
        "List {list} is national: its standard is imported and neither made nor changed here; a local list is a list"
        " of its own.",
    ),
    "list_before_publication": (
        "名单 {list} 认定标准的生效日期早于公布日期（{day}）；标准公布之后才能施行，请把生效日期定在公布当日或以后。",
        "The standard of list {list} would be in force before it is published ({day}); let it begin on that day or"
        " later.",
    ),
    "list_without_criteria": ("名单 {list} 没有写明认定标准。", "List {list} states no criteria."),
    "list_without_removal_conditions": (
        "名单 {list} 没有写明移出条件。",
        "List {list} names no conditions of removal.",
    ),
    "list_without_removal_procedure": (
        "名单 {list} 没有写明移出程序。",
        "List {list} names no procedure of removal.",
    ),
    "list_without_remedies": ("名单 {list} 没有写明救济措施。", "List {list} names no remedies."),
    "list_without_published_at": (
        "名单 {list} 没有写明认定标准在哪里公开。",
        "List {list} does not say where its standard is published.",
    ),
    "list_without_way_out": (
        "名单 {list} 既没有列入期限，又不能申请移出，修复后也不移出；请至少规定其中一项，不得无限期列入。",
        "List {list} has no term, no removal on application and none by repair: let it have one of them, as nobody is"
        " listed for ever.",
    ),
    "list_published_on_one_site": (
        "名单 {list} 的认定标准须同时在“信用中国”网站（或者其地方网站）和主管部门指定的网站公开；"
        "请把两处都写明，用顿号隔开。",
        "The standard of list {list} is published on the site of 信用中国 (or its local one) and on one that the"
        " competent department names: give both, with 、 between them.",
    ),
    "list_limits_unusable": (
        "名单 {list} 的办理时限须至少一个工作日，期限不能为负。",
        "The limits of list {list} are at least one working day, its terms not negative.",
    ),
    "list_days_unreadable": ("名单 {list} 的日期无法使用。", "The days of list {list} cannot be used."),
    "list_rank_without_basis": (
        "名单 {list} 由县级以下机关认定，须引用法律、法规或部门规章的规定。",
        "List {list} is decided below county level; the law or department rule that says so must be cited.",
    ),
    "list_not_consulted": (
        "名单 {list} 的认定标准没有公开征求意见的起止日期。",
        "The standard of list {list} has no first and last day of public comment.",
    ),
    "list_consulted_too_short": (
        "名单 {list} 的认定标准公开征求意见不满30日。",
        "The standard of list {list} was open for comment for less than 30 days.",
    ),
    "list_without_item": (
        "名单 {list} 不是目录事项，须先纳入公共信用信息目录。",
        "List {list} is no catalogue item; it must enter the catalogue first.",
    ),
    "list_kind_unknown": (
        "名单 {list} 的类别须为 serious（严重失信主体名单）或 red（红名单）。",
        "List {list} is of kind serious or red.",
    ),
    "list_without_incentives": (
        "红名单 {list} 没有写明守信激励措施。",
        "Red list {list} states no incentives.",
    ),
    "list_unknown": (
        "没有这个名单，或其认定标准没有生效。",
        "There is no such list, or no standard in force.",
    ),
    "register_unknown": (
        "公开登记中没有这一项或这个版本。",
        "There is no such thing in the register, or not in this version.",
    ),
    "list_needs_a_case": (
        "列入 {item} 须经告知、陈述申辩和列入决定，不能作为一般认定报送。",
        "Listing under {item} needs notice, statement and decision; it cannot be sent as a determination.",
    ),
    "listing_notice_without_facts": ("告知须写明事由。", "The notice must tell the facts."),
    "listing_notice_without_grounds": ("告知须写明依据。", "The notice must tell the grounds."),
    "listing_notice_without_rights": (
        "告知须写明当事人依法享有的权利。",
        "The notice must tell the party its rights.",
    ),
    "listing_service_unknown": (
        "送达方式须为：{values}。",
        "A notice is served in one of the ways: {values}.",
    ),
    "listing_not_served": (
        "告知须已送达：附送达回证的摘要（SHA-256，64位小写十六进制）。",
        "The notice must be served: give the digest of the proof of service (SHA-256, 64 small hex digits).",
    ),
    "listing_served_later": ("送达日期不能晚于今天。", "The day of service cannot be later than today."),
    "listing_without_records": (
        "列入须依据已记录的认定，至多{most}项。",
        "A listing rests on recorded determinations, at most {most}.",
    ),
    "listing_record_gone": (
        "所依据的认定已不成立、已修复，或与告知所列的不同。",
        "A determination that the listing rests on no longer stands, is repaired, or is not one of the notice.",
    ),
    "listing_facts_changed": (
        "告知之后，所依据的认定已经更正，当事人没有被告知现在的事由；请撤回本案（不予列入），按更正后的事由重新告知。",
        "A determination was corrected after the notice, so the party was not told the facts as they are: drop this"
        " case and serve a new notice.",
    ),
    "listing_standard_changed": (
        "告知所依据的是认定标准第{told}版，现行的是第{now}版；请撤回本案（不予列入），依现行标准重新告知。",
        "The party was told version {told} of the standard and version {now} is in force: drop this case and serve a"
        " new notice under it.",
    ),
    "listing_record_objected": (
        "对所依据认定的异议正在核实，答复之前不能作出列入决定；请等异议答复后再决定。",
        "An objection to a determination that it rests on is being verified: decide after it is answered.",
    ),
    "listing_on_no_misconduct": (
        "列入须依据失信行为的认定；许可、荣誉等信息不能作为依据。",
        "A listing rests on determinations of misconduct; a licence or an honour is none.",
    ),
    "listing_on_slight_conduct": (
        "名单限于严重违法失信行为的责任主体，仅有轻微失信不得列入；可以提醒、约谈，或者达到条件时列入重点关注名单。",
        "The lists are for serious misconduct; slight conduct alone founds no listing. Remind and urge correction, or"
        " watch the subject where the threshold is reached.",
    ),
    "listing_records_of_several": (
        "所依据的认定须属于同一主体；不同主体的，分别办理。",
        "The determinations must be about one and the same subject; deal with each subject by itself.",
    ),
    "listing_decided_already": ("这件列入事项已经办结。", "This listing case is decided already."),
    "listing_statement_pending": (
        "当事人的陈述申辩尚未答复。",
        "The party's statement is not answered yet.",
    ),
    "listing_statement_late": (
        "陈述申辩的期限已于{last}届满。",
        "The time for a statement ended on {last}.",
    ),
    "listing_statement_period": (
        "陈述申辩的期限到{last}才届满，届满前不能作出列入决定。",
        "The time for a statement runs until {last}; no decision before it ends.",
    ),
    "listing_statement_without_grounds": ("陈述申辩须写明理由。", "A statement needs its grounds."),
    "listing_no_statement_pending": ("没有待答复的陈述申辩。", "There is no statement to answer."),
    "listing_outcome_unknown": ("结果须为：{values}。", "The outcome is one of: {values}."),
    "listing_of_other_notice": (
        "列入决定须写明已送达的告知（其叶子哈希）。",
        "The decision must name the notice that was served, by its leaf hash.",
    ),
    "listing_decided_another_day": ("列入决定的日期须为今天。", "The decision's day must be today."),
    "listing_without_facts": ("列入决定没有写明事由。", "The decision states no facts."),
    "listing_without_basis": ("列入决定没有写明依据。", "The decision states no basis."),
    "listing_without_measures": (
        "列入决定没有失信惩戒措施提示。",
        "The decision gives no notice of measures.",
    ),
    "listing_without_removal_conditions": (
        "列入决定没有写明移出条件。",
        "The decision states no conditions of removal.",
    ),
    "listing_without_removal_procedure": (
        "列入决定没有写明移出程序。",
        "The decision states no procedure of removal.",
    ),
    "listing_without_remedies": ("列入决定没有写明救济措施。", "The decision states no remedies."),
    "listing_document_unnamed": (
        "列入决定须写明作出机关和文号。",
        "The decision must name its authority and its number.",
    ),
    "listing_person_in_public": (
        "这项内容会公开，不得含有个人信息。",
        "This text will be public; it may hold no personal data.",
    ),
    "listing_of_other_standard": (
        "列入决定所引的认定标准不是生效的版本。",
        "The decision names another version than the standard in force.",
    ),
    "listing_publicity_not_as_standard": (
        "是否公示须与认定标准一致。",
        "Whether the listing is public is for the standard to say.",
    ),
    "listing_term_not_as_standard": (
        "列入期限须与认定标准一致，最后一日应为{until}。",
        "The term must be the standard's own; its last day is {until}.",
    ),
    "listing_rank_too_low": (
        "作出列入决定的机关层级低于{least}，须引用另有规定的法律、法规或部门规章。",
        "The authority ranks below {least}; cite the law, regulation or department rule that says otherwise.",
    ),
    "listing_rank_not_registered": (
        "作出列入决定的机关层级与登记的层级（{registered}）不一致；层级由信用办登记，请按登记的层级填写，或者请信用办更正登记。",
        "The rank of the authority is not the one that the credit office has registered ({registered}): give that rank,"
        " or ask the office to put it right.",
    ),
    "rank_without_basis": (
        "登记部门层级须写明所依据的文件。",
        "A rank is registered with the document that says so.",
    ),
    "rank_unknown": ("部门层级须为：{values}。", "The rank of a department is one of: {values}."),
    "listing_subject_unnamed": (
        "列入决定须写明主体：组织写名称和代码，自然人写姓名和证件，且不得混写。",
        "The decision names its subject: an organisation by name and code, a person by name and document, not both.",
    ),
    "listing_of_other_subject": (
        "列入决定的主体与所依据认定的主体不一致。",
        "The decision names another subject than the determinations it rests on.",
    ),
    "listing_of_a_minor": (
        "未成年人不得列入名单；年龄无法确定的按未成年人处理。",
        "A minor is never listed; whose age cannot be told is treated as one.",
    ),
    "listing_listed_already": (
        "该主体已在这个名单中，无需再次列入。",
        "The subject is on this list already and needs no second listing.",
    ),
    "listing_not_on_the_list": ("该主体不在名单中。", "The subject is not on the list."),
    "listing_no_early_removal": (
        "认定标准没有规定提前移出：列入期满或者修复后依标准移出；认为所依据的认定有误的，可以提出异议。",
        "The standard knows no early removal: a listing ends with its term or a repair as it says. Object to the"
        " determination behind it if that is wrong.",
    ),
    "listing_objection_pending": (
        "对列入的异议正在核实，将于{last}前答复；请在答复后申请移出，异议成立的即予移出。",
        "An objection to the listing is being verified and answered by {last}: apply after that; upheld, it takes the"
        " subject off.",
    ),
    "listing_removal_pending": (
        "移出申请将于{last}前答复；请在答复后提出异议，或者现在对所依据的记录提出异议。",
        "An application for removal is answered by {last}: object after that, or now to the record behind the listing.",
    ),
    "listing_removal_too_early": (
        "列入未满规定期限，自{first}起可以申请提前移出。",
        "Early removal can be applied for from {first} on.",
    ),
    "listing_materials_malformed": (
        "材料须写明种类和文件摘要（SHA-256，64位小写十六进制），至少一份。",
        "Each material has a kind and a file digest (SHA-256, 64 small hex digits); at least one is needed.",
    ),
    "listing_no_removal_pending": ("没有待决定的移出申请。", "There is no application for removal."),
    "listing_cause_unknown": ("移出原因须为：{values}。", "The cause of removal is one of: {values}."),
    "listing_of_other_decision": (
        "移出须写明这个名单和所撤下的列入决定（其叶子哈希）。",
        "A removal names the list and the decision that it ends, by its leaf hash.",
    ),
}
