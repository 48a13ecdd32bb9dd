"""What an audit finds, and the doors through which it reads: the tables as one instant had them, and published files.

Every check of this package yields :class:`Fault`; ``fsck`` keeps the first of each area and tells it in two languages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from application.ports import Document, Log
from application.sequencer import TreeHead
from application.stamping import Stamp
from domain.transparency.epoch import Epoch
from domain.transparency.prefix_map import MapHead

AREAS = (
    "rows",
    "trees",
    "tiles",
    "checkpoints",
    "timestamps",
    "epochs",
    "maps",
    "deltas",
    "views",
    "side",
    "remembered",
)
"""What is checked, in the order in which it is told."""


@dataclass(frozen=True)
class Fault:
    """Something wrong: in which area, where (a position, a path, a key; never a value), and why by its code."""

    area: str
    place: str
    code: str
    detail: str = ""

    def sentence(self) -> tuple[str, str]:
        """Why, in Chinese and in English; ``detail`` holds sizes, hashes and codes only."""
        chinese, english = SENTENCES[self.code]
        return (
            (f"{chinese}({self.detail})", f"{english} ({self.detail})") if self.detail else (chinese, english)
        )


SENTENCES: Mapping[str, tuple[str, str]] = {
    "row": ("日志行有误", "a row of a log is wrong"),
    "unreadable": (
        "存储的内容无法读取，此处未能核对",
        "what is stored cannot be read, so this was not checked",
    ),
    "leaves_missing": (
        "树头记载的叶子多于存储的行",
        "the tree's head counts more leaves than there are rows",
    ),
    "tree_root": ("存储的叶子算不出树头的根", "the stored leaves do not give the root of the tree's head"),
    "head_checkpoint": ("树头与其检查点不一致", "the tree's head and its checkpoint differ"),
    "policy": ("信任策略文件无法使用", "the policy file cannot be used"),
    "signature": ("检查点的签名在信任策略下不成立", "the checkpoint is not signed as the policy asks"),
    "checkpoint_missing": ("没有已发布的检查点", "no checkpoint is published"),
    "checkpoint_behind": (
        "已发布的检查点落后于树头：定序进程没有运行，或刚刚中断",
        "the published checkpoint is behind the tree's head: the sequencer does not run, or was cut off",
    ),
    "checkpoint_ahead": (
        "已发布的树大于数据库中的树：数据库被退回到旧状态",
        "a larger tree is published than the database holds: the database was set back",
    ),
    "checkpoint_root": (
        "已发布的根与存储的叶子不一致",
        "the published root is not that of the stored leaves",
    ),
    "stamp_token": (
        "时间戳不是可信机构对该检查点的有效时间戳",
        "the time stamp does not hold under the authority's roots",
    ),
    "stamp_other": (
        "时间戳盖的不是旁边的检查点",
        "the time stamp is of other bytes than the checkpoint beside it",
    ),
    "stamp_tree": (
        "盖过时间戳的检查点不是现在日志的前身",
        "the checkpoint that was stamped is none of the log as it is now",
    ),
    "file_missing": ("缺少已发布的文件", "a published file is missing"),
    "file_extra": ("多出不属于此树的文件", "a file is published that is not the tree's"),
    "file_changed": ("已发布的文件内容被改", "a published file has other bytes"),
    "epoch_form": ("期的条目无法解析", "an epoch's entry does not parse"),
    "epoch_number": ("期号不连续", "the numbers of the epochs have a gap"),
    "epoch_shrinks": ("期所述的日志变小", "an epoch states a smaller log than the one before"),
    "epoch_beyond": ("期所述超出日志", "an epoch states more than the log holds"),
    "epoch_root": ("期所述的根与日志不符", "the root that an epoch states is not the log's"),
    "epoch_digest": ("期所述的摘要与日志不符", "the digest that an epoch states is not that of its row"),
    "map_head": (
        "数据库中的映射头与最新一期不符",
        "the head of a map in the database is not the newest epoch's",
    ),
    "map_cut": ("映射的文件划分说明与该期不符", "how a map's files are cut is not told as the epoch has it"),
    "map_files": ("映射的文件缺失或不能得出其根", "files of a map are missing or do not lead to its root"),
    "map_content": (
        "由事件重建的映射与最新一期不符",
        "the map rebuilt from the events is not the one of the newest epoch",
    ),
    "map_shielded": (
        "已屏蔽或撤下的记录仍在对外映射中",
        "a record that was taken out of view stands in an outward map",
    ),
    "delta_missing": ("缺少某期的变更清单", "an epoch's list of changes is missing"),
    "delta_form": ("变更清单与期所述不符", "an epoch's list of changes is not the one it states"),
    "delta_root": ("变更清单得不出该期的根", "the lists of changes do not lead to the epoch's roots"),
    "view_rows": (
        "现行视图与由事件重建的不同（rebuild 可修复）",
        "the live views are not what the events give (rebuild mends them)",
    ),
    "stream_version": ("流的版本与日志不符", "the version of a stream is not the log's"),
    "suppressed_missing": ("应当屏蔽的记录未列入", "a record that an act ended is not suppressed"),
    "suppressed_extra": ("没有行为却被屏蔽", "a record is suppressed without any act that ended it"),
    "document_missing": ("已记录的文书没有登记", "a recorded document is not kept against a second record"),
    "document_extra": ("登记了没有记录的文书", "a document is kept that no record holds"),
    "subject_missing": ("主体无法由其标识查到", "a subject is not found by its identifier"),
    "subject_extra": ("标识指向没有登记的主体", "an identifier leads to a subject that was never registered"),
    "mark": ("异议标记与事件不符", "the marks of objections are not those of the events"),
    "case": ("待办事项与事件不符", "the open cases are not those of the events"),
    "remembered_form": ("记住的检查点无法读取", "the remembered checkpoint cannot be read"),
    "remembered_other": ("记住的检查点属于另一账本", "the remembered checkpoint is another ledger's"),
    "rollback": (
        "账本被退回：现在的日志小于记住的检查点",
        "the ledger was set back: its log is smaller than the remembered checkpoint",
    ),
    "fork": (
        "账本被改写：记住的大小上现在是另一个根",
        "the ledger was rewritten: at the remembered size there is another root now",
    ),
    "views_root": ("视图的根与导出时的不同", "the root of the views is not the one asserted by the export"),
}
"""Code of a fault -> why, in Chinese and English."""


@dataclass
class Report:
    """How an audit went: what was checked and counted, what should be known, and the first fault of each area."""

    counts: dict[str, int] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@dataclass(frozen=True)
class StoredEpochs:
    """The views log and the heads of the maps, both as of one instant."""

    entries: Sequence[tuple[int, bytes]]
    heads: Mapping[str, tuple[MapHead, int]]


@dataclass(frozen=True)
class SideTables:
    """The tables beside the logs, with the heads of the logs in the same instant."""

    positions: Mapping[Log, int]
    streams: Mapping[tuple[str, UUID], int]
    suppressed: frozenset[UUID]
    documents: Sequence[Document]
    subjects: Mapping[bytes, UUID]
    marks: frozenset[tuple[UUID, UUID]]
    cases: frozenset[tuple[UUID, str, str]]


@dataclass(frozen=True)
class LeafRow:
    """What a tree takes of a row, and the row's digest (empty in the views log)."""

    position: int
    leaf: bytes
    digest: bytes


class AuditStore(Protocol):
    """The auditor's doors beside the whole-log reader; each answer is of one instant."""

    def tree(self, log: str) -> TreeHead: ...
    def epochs(self) -> StoredEpochs: ...
    def side_tables(self) -> SideTables: ...
    def views(self) -> tuple[int, bytes] | None: ...
    def leaves(self, log: str, *, after: int, limit: int) -> list[LeafRow]: ...
    def stamp_sizes(self, log: str) -> list[int]: ...
    def stamps(self, log: str, *, after: int, limit: int) -> list[Stamp]: ...


class PublishedFiles(Protocol):
    """The published folder by path. ``read`` raises ``FileNotFoundError``; ``names`` leaves out unfinished files.

    ``checkpoint`` waits a moment for one of at least that size, because the head moves first.
    """

    def names(self, folder: str) -> Iterator[str]: ...
    def read(self, name: str) -> bytes: ...
    def checkpoint(self, log: str, *, at_least: int) -> bytes: ...
    def map_file(self, name: str, node: bytes) -> bytes: ...
    def map_heads(self, epoch: int) -> Mapping[str, MapHead]: ...


def positions_of(epoch: Epoch) -> Mapping[str, int]:
    """Up to where each map of an epoch has its log."""
    return {name: epoch.access.size if name == "access" else epoch.records.size for name in epoch.maps}
