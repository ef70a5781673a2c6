"""The house's own files, read once for its tests."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("boards", "decisions", "portfolio", "funding", "journey", "duties", "organization", "core")
OURS = ("cxgov", "initiatives")


def modules(*folders: str) -> list[Path]:
    """Every Python file of ours below these folders, without migrations, which Django writes."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts]


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.*"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef))


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def length(function: ast.FunctionDef) -> int:
    """Lines of a function without its decorators and its docstring."""
    start, end = function.lineno, function.end_lineno or function.lineno
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return end - start + 1 - ((first.end_lineno or first.lineno) - first.lineno + 1)
    return end - start + 1


def views(path: Path) -> Iterator[ast.FunctionDef]:
    """Functions whose first argument is the request."""
    return (function for function in functions(path) if function.args.args and function.args.args[0].arg == "request")
