"""Instructions of this processor, which decide about the bytes of a vector."""

from __future__ import annotations

import functools
import hashlib
import platform
from pathlib import Path

#: Prefixes of the names of instructions that change sums of products.
_INSTRUCTIONS = ("amx", "asimd", "avx", "bf16", "fma", "sse4", "sve")
#: Instructions that multiply bfloat16; without them it is emulated, and slower than single
#: precision.
_BFLOAT16 = ("avx512_bf16", "amx_bf16", "bf16")


@functools.cache
def instructions() -> tuple[str, ...]:
    """Names of the instructions of the first core, sorted; empty except on Linux."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() in {"flags", "Features"}:
            return tuple(sorted(word for word in value.split() if word.startswith(_INSTRUCTIONS)))
    return ()


def has_bfloat16() -> bool:
    """Whether products of bfloat16 are made by the hardware."""
    return bool(set(_BFLOAT16) & set(instructions()))


def fingerprint() -> str:
    """Sixteen hex digits, the same for processors that give the same bytes."""
    return hashlib.sha256(" ".join((platform.machine(), *instructions())).encode()).hexdigest()[:16]
