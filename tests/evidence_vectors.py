"""The evidence vectors as files, and mutations of a good bundle that say whether they touch what is proven."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]
FOLDER = Path(__file__).parent / "vectors" / "evidence"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


@dataclass(frozen=True)
class EvidenceVector:
    """One file: what is given, and the refusal's code (None: it holds), with ML-DSA-44 and without."""

    text: str
    bundle: bytes
    policy: bytes
    expected: str | None
    expected_without_ml_dsa: str | None


def load(name: str) -> EvidenceVector:
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    told = json.loads(text)
    if "bundle_base64" in told:
        bundle = base64.b64decode(told["bundle_base64"])
    else:
        bundle = json.dumps(told["bundle"], ensure_ascii=False).encode()
    expected = told["expected"]
    without = told.get("expected_without_ml_dsa", expected)
    return EvidenceVector(text, bundle, told["policy"].encode(), expected, without)


WHOLE: dict[str, Any] = json.loads(load("good-whole").text)["bundle"]
POLICY = load("good-whole").policy
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**64), 2**64),
    st.floats(),
    st.text(max_size=40),
    st.binary(max_size=40).map(lambda data: base64.b64encode(data).decode()),
    st.binary(min_size=32, max_size=32).map(bytes.hex),
    st.just([]),
    st.just({}),
    st.sampled_from(["nonInclusionLeaf", "nonInclusionParent", "inclusion", "records", "access", "views"]),
)


def oversize() -> list[tuple[bytes, bytes, str]]:
    """Bundles and policies over a limit, with the place of the refusal; too large to be kept as files."""
    bundle = json.loads(load("good-recorded").text)["bundle"]
    bundle["checkpoints"]["records"] += f"— name {'A' * (256 * 1024)}\n"
    authority = bundle["authority"]
    return [
        (json.dumps(bundle).encode(), POLICY, f"checkpoints/{authority}/records"),
        (json.dumps(WHOLE).encode(), POLICY + b"#" * (256 * 1024) + b"\n", "policy"),
    ]


def proven(checked: list[str]) -> set[str]:
    """What a report says is proven. How many parts of an answer were given is no proof but a count."""
    return {line for line in checked if not line.startswith("答复")}


def mutation(draw: Draw, good: dict[str, Any]) -> bytes:
    """A good bundle with one value somewhere changed, removed or copied."""
    bundle = copy.deepcopy(good)
    holder: Any = bundle
    name: Any = draw(st.sampled_from(sorted(bundle)))
    while isinstance(holder[name], dict | list) and holder[name] and draw(st.integers(0, 5)):
        holder = holder[name]
        name = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    _change(draw, holder, name, draw(st.sampled_from(["set", "set", "bit", "drop", "copy"])))
    return json.dumps(bundle, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


def _change(draw: Draw, holder: Any, name: Any, how: str) -> None:
    value = holder[name]
    if how == "drop":
        del holder[name]
    elif how == "copy" and isinstance(holder, list):
        holder.insert(name, copy.deepcopy(value))
    elif how == "bit" and isinstance(value, str) and value:
        at = draw(st.integers(0, len(value) - 1))
        holder[name] = value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
    else:
        holder[name] = draw(VALUES)


def byte_changed(draw: Draw, good: dict[str, Any]) -> bytes:
    """A good bundle's text with one byte changed."""
    data = bytearray(json.dumps(good, ensure_ascii=False).encode())
    data[draw(st.integers(0, len(data) - 1))] ^= draw(st.integers(1, 255))
    return bytes(data)
