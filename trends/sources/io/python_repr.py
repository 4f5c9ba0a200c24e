"""Python's written form of plain values: parsed by Python's own grammar, never evaluated.

Some archives of the daily papers were saved with ``str()`` in place of JSON. What is read are
dictionaries, lists, tuples, texts, numbers, ``True``, ``False`` and ``None``: no other names, no
calls, no operators.
"""

from __future__ import annotations

import ast
import warnings
from typing import Any

#: Deepest nesting that is read; the archives have five levels.
MAX_DEPTH = 40
#: Longest text that is read, in characters; a paper has a few thousand.
MAX_LENGTH = 1 << 18


def parse(text: str) -> Any:
    """Read one value; tuples become lists, infinity and not-a-number become ``None``.

    Raises
    ------
    ValueError
        If the text is anything else than such a value; the message is a clause.
    """
    if len(text) > MAX_LENGTH:
        message = f"it is longer than {MAX_LENGTH:,} characters, the most that is read"
        raise ValueError(message)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes that Python does not know
            return _value(ast.parse(text.strip(), mode="eval").body, 0)
    except SyntaxError as error:
        message = f"character {error.offset or 1}: {error.msg}"
        raise ValueError(message) from error
    except (MemoryError, RecursionError) as error:
        message = f"it is nested more than {MAX_DEPTH} levels deep"
        raise ValueError(message) from error


def _value(node: ast.expr, depth: int) -> Any:
    if depth > MAX_DEPTH:
        message = f"it is nested more than {MAX_DEPTH} levels deep"
        raise ValueError(message)
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.Name(id="nan" | "inf") | ast.UnaryOp(op=ast.USub(), operand=ast.Name(id="inf")):
            return None
        case ast.List(elts=values) | ast.Tuple(elts=values):
            return [_value(each, depth + 1) for each in values]
        case ast.Dict(keys=keys, values=values):
            names = [_value(key, depth + 1) if key is not None else None for key in keys]
            if all(isinstance(name, str) for name in names):
                found = (_value(each, depth + 1) for each in values)
                return dict(zip(names, found, strict=True))
    message = f"character {node.col_offset + 1} begins no plain value of Python"
    raise ValueError(message)
