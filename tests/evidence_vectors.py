"""The evidence vectors as files, and mutations of a good bundle that say whether they touch what is proven."""

from __future__ import annotations

import base64
import copy
import json
import re
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
STAMPED: dict[str, Any] = json.loads(load("good-stamped").text)["bundle"]
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
    """What a report says is proven. How many parts of an answer were given is no proof but a count, and a holder is its
    code: its name is told where its registration is in the bundle."""
    return {re.sub(r"：.* (\S+ 签署入账)", r"：\1", line) for line in checked if not line.startswith("答复")}


def _somewhere(draw: Draw, bundle: Any) -> tuple[Any, Any]:
    """An object or list in a bundle, and the name or number of one of its values."""
    holder, name = bundle, draw(st.sampled_from(sorted(bundle)))
    while isinstance(holder[name], dict | list) and holder[name] and draw(st.integers(0, 5)):
        holder = holder[name]
        name = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    return holder, name


def mutation(draw: Draw, good: dict[str, Any]) -> bytes:
    """A good bundle with one value somewhere changed, removed or copied."""
    bundle = copy.deepcopy(good)
    holder, name = _somewhere(draw, bundle)
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


DEPTHS = (1, 56, 60, 61, 62, 63, 64, 65, 900, 5_000, 100_000)
LITERALS = (
    *("9007199254740991", "9007199254740992", "-9007199254740992", "1" + "0" * 400, "1" + "0" * 5_000),
    *("-0", "00", "0.0", "1e2", "1e999", "0x1", "NaN", "Infinity", "-Infinity", "True", "'x'", ""),
    *('"\\ud800"', '"\\udc00\\ud800"', '"\\x41"', '"\\u12"', '"\t"', "[,]", "{,}", "[1,]", "//"),
)
MARK = "here"


def text_changed(draw: Draw, good: dict[str, Any]) -> bytes:
    """A good bundle's text cut off, or with what no value could give: deep, huge, odd, or a member twice."""
    bundle = copy.deepcopy(good)
    how = draw(st.sampled_from(["cut", "deep", "literal", "twice"]))
    holder, name = _somewhere(draw, bundle)
    literal = json.dumps(holder[name])
    if how == "deep":
        depth = draw(st.sampled_from(DEPTHS))
        open_, close = draw(st.sampled_from([("[", "]"), ('{"a":', "}")]))
        literal = open_ * depth + "0" + close * depth
    elif how == "literal":
        literal = draw(st.sampled_from(LITERALS))
    elif how == "twice":
        holder, name = (
            (holder, name) if isinstance(holder, dict) else (bundle, draw(st.sampled_from(sorted(bundle))))
        )
        literal = f"{json.dumps(holder[name])},{json.dumps(name)}:{json.dumps(draw(VALUES.filter(_is_json)))}"
    holder[name] = MARK
    text = json.dumps(bundle, ensure_ascii=draw(st.booleans())).replace(f'"{MARK}"', literal).encode()
    return text[: draw(st.integers(0, len(text) - 1))] if how == "cut" else text


def _is_json(value: Any) -> bool:
    return not isinstance(value, float) and (not isinstance(value, str) or value.isprintable())


CHANGES = st.sampled_from([mutation, byte_changed, text_changed])
