"""Sentences of the catalogue and of publicity, Chinese and English, by code.

They are merged into the one table ``domain/shared/prose.py``; placeholders never hold personal data.
"""

from __future__ import annotations

PROSE_CATALOGUE: dict[str, tuple[str, str]] = {
    "catalogue_item_unknown": (
        "目录中没有该信息事项，目录外的信息不得纳入信用记录。",
        "The catalogue has no such item; information outside the catalogue may not be recorded.",
    ),
    "catalogue_item_draft": (
        "目录事项 {item} 仍是草案，尚未生效，不能据以记录。",
        "Catalogue item {item} is still a draft and not in force; nothing can be recorded under it.",
    ),
    "catalogue_item_not_in_force": (
        "目录事项 {item} 在决定作出之日（{day}）未生效，不能据以记录。",
        "Catalogue item {item} was not in force on the day of the determination ({day}).",
    ),
    "catalogue_subject_kind": (
        "目录事项 {item} 不包括该类主体，不能记录。",
        "Catalogue item {item} does not cover this kind of subject.",
    ),
    "catalogue_not_the_collector": (
        "目录事项 {item} 由其他部门一口采集，请到共享视图查询使用，不要重复报送。",
        "Catalogue item {item} is collected by another department; use the shared view, do not submit it.",
    ),
    "catalogue_not_the_determining_authority": (
        "目录事项 {item} 由作出决定的机关报送；其他部门请到共享视图查询使用，不要重复报送。",
        "Catalogue item {item} is submitted by the authority that decided; others use the shared view.",
    ),
    "basis_not_of_its_level": (
        "依据 {title} 不是所写的层级：从名称和文号看，它不是法律、法规，也不是党中央、国务院政策文件。",
        "The basis {title} is not of the level that is stated: by title and number it is neither a law or regulation"
        " nor a central policy document of that level.",
    ),
    "catalogue_basis_insufficient": (
        "目录事项 {item} 没有法律、行政法规、地方性法规或者党中央、国务院政策文件作为依据。",
        "Catalogue item {item} cites no law, regulation or central policy document; lower levels alone"
        " are not enough.",
    ),
    "catalogue_basis_incomplete": (
        "目录事项 {item} 的第 {number} 项依据缺少标题、文号或者条款。",
        "Basis {number} of catalogue item {item} lacks its title, document number or article.",
    ),
    "catalogue_supplement_basis": (
        "补充目录事项 {item} 必须有地方性法规作为依据。",
        "Supplementary catalogue item {item} needs a local regulation as its basis.",
    ),
    "catalogue_national_layer": (
        "目录事项 {item} 属于全国基础目录，只能导入，不能在此编辑。",
        "Catalogue item {item} belongs to the national layer, which is imported and never edited here.",
    ),
    "catalogue_before_publication": (
        "目录事项 {item} 的生效日期早于公布日期（{day}）；目录公布之后才能施行，请把生效日期定在公布当日或以后。",
        "Catalogue item {item} would be in force before it is published ({day}); let it begin on that day or"
        " later.",
    ),
    "catalogue_undecided_subject_kinds": (
        "目录事项 {item} 尚未确定主体类别。",
        "Catalogue item {item} does not say which kinds of subject it covers.",
    ),
    "catalogue_undecided_public": (
        "目录事项 {item} 尚未对每类主体确定是否公开。",
        "Catalogue item {item} does not say for every kind of subject whether it is public.",
    ),
    "catalogue_undecided_sharing": (
        "目录事项 {item} 尚未确定共享范围和用途。",
        "Catalogue item {item} does not say with whom and for which purposes it is shared.",
    ),
    "catalogue_several_collectors": (
        "目录事项 {item} 写了几个采集部门；一个事项由一个部门采集，其他部门共享使用；由各认定部门报送的，留空。",
        "Catalogue item {item} names several collecting departments: one collects and the others share; leave it empty"
        " where each department that determines sends its own.",
    ),
    "catalogue_masking_too_little": (
        "目录事项 {item} 的脱敏保留过多：左侧最多保留 {left} 个字符，右侧最多 {right} 个。",
        "The masking of catalogue item {item} leaves too much in sight: at most {left} characters on the left and"
        " {right} on the right.",
    ),
    "catalogue_undecided_publicity": (
        "目录事项 {item} 可公开而未确定公示期限，或者所写的期限不完整：按失信程度写三个月数，按月数写一个。",
        "Catalogue item {item} is public without a term, or its term is not whole: by severity it has three numbers of"
        " months, by months one.",
    ),
    "catalogue_term_beyond_maximum": (
        "目录事项 {item} 属于失信信息，公示期限须按轻微、一般、严重分别确定，且不超过最长公示期（{months} 个月）。",
        "Catalogue item {item} is adverse: its term of publicity is set for each severity class, within the maximum of"
        " {months} months.",
    ),
    "catalogue_undecided_masking": (
        "目录事项 {item} 涉及自然人，但尚未确定脱敏方式。",
        "Catalogue item {item} covers natural persons but does not say how they are masked.",
    ),
    "catalogue_undecided_repair": (
        "目录事项 {item} 尚未确定信用修复方式（标注、屏蔽或删除）。",
        "Catalogue item {item} does not say how it is repaired (annotate, shield or delete).",
    ),
    "catalogue_undecided_collectors": (
        "目录事项 {item} 尚未确定采集部门。",
        "Catalogue item {item} does not say who collects it.",
    ),
    "catalogue_dates_unreadable": (
        "目录事项 {item} 的生效日期不是有效日期，或者止期早于起期。",
        "The effective dates of catalogue item {item} are no dates, or end before they begin.",
    ),
    "catalogue_personal_basis": (
        "目录事项 {item} 公开自然人信息，但没有明确的法律、法规或者国务院决定、命令，也未经本人同意。",
        "Catalogue item {item} makes natural persons public without a law, regulation, State Council"
        " decision or consent.",
    ),
    "catalogue_personal_masking": (
        "目录事项 {item} 公开自然人信息，但没有同时对姓名和证件号码脱敏。",
        "Catalogue item {item} makes natural persons public without masking both name and identifier.",
    ),
    "publicity_public": ("可以公开。", "Public."),
    "publicity_item_not_public": (
        "目录没有规定该类主体的此项信息可以公开。",
        "The catalogue does not make this item public for this kind of subject.",
    ),
    "publicity_without_consent": (
        "目录规定经本人同意方可公开，没有本人同意，不公开。",
        "The catalogue makes this public on the person's own consent; without it the record is not public.",
    ),
    "publicity_minor": ("未成年人的信息不公开。", "A minor's record is never public."),
    "publicity_age_unknown": (
        "无法确认是否成年，不公开。",
        "Whether the person is of age cannot be told, so the record is not public.",
    ),
    "publicity_term_over": (
        "接收时公示期已经届满，不公开。",
        "The term of publicity was already over when the record was taken in.",
    ),
    "publicity_term_unknown": (
        "缺少确定公示期限所需的日期，不公开。",
        "The date that the term of publicity needs is missing, so the record is not public.",
    ),
}
