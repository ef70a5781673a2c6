"""The walls stand: rooms, layers, names, and sizes."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.house import code

# A module that stands above its limit, with the reason why two would be worse than one.
LONG_MODULES: dict[str, str] = {
    "cxgov/settings.py": "one settings file, in reading order",
    "cxgov/demo/journey.py": "one map told as data, as the passenger walks",
    "cxgov/demo/world.py": "one story told as data, read from beginning to end",
    "initiatives/organization/models/roles.py": "one model with its querysets and acts",
}
# An import inside a function, with the reason.
INNER_IMPORTS: dict[str, str] = {
    "cxgov/celery.py": "models load only after Django's setup, and this module is what sets it up in a worker",
    "manage.py": "the launcher is needed only without DATABASE_URL, and Django only after the environment is made",
}
# Names that say nothing about what is inside.
SHAPELESS = {"services", "service", "utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "tools", "lib"}


def test_the_contracts_of_rooms_and_layers_are_kept() -> None:
    lint_imports = Path(sys.executable).parent / "lint-imports"
    found = subprocess.run([lint_imports, "--no-cache"], cwd=code.ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout[-3000:]


def test_every_folder_of_initiatives_is_a_room() -> None:
    folders = {path.name for path in (code.ROOT / "initiatives").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(code.ROOMS)


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [code.name(path) for path in code.modules(*code.OURS) if path.stem in SHAPELESS or path.parent.name in SHAPELESS] == []


def test_modules_are_short_enough_to_be_read() -> None:
    long = {code.name(path) for path in code.modules(*code.OURS) if len(path.read_text().splitlines()) > 250}
    assert long == set(LONG_MODULES) & long, "over 250 lines"


def test_imports_stand_on_top() -> None:
    """Only AppConfig.ready may import inside, since models do not exist before it."""
    found = {
        code.name(path)
        for path in [*code.modules(*code.OURS), code.ROOT / "manage.py"]
        if path.name != "apps.py"
        for function in code.functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert found <= set(INNER_IMPORTS), "imports inside a function"


def test_exceptions_are_still_needed() -> None:
    assert all((code.ROOT / name).exists() for name in (*LONG_MODULES, *INNER_IMPORTS))


def test_the_launcher_is_known_to_nobody_but_the_command_line() -> None:
    """Production never imports it."""
    users = {
        code.name(path)
        for path in code.modules(*code.OURS)
        if "local" not in path.parts
        for node in ast.walk(code.tree(path))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cxgov.local"))
        or (isinstance(node, ast.Import) and any(alias.name.startswith("cxgov.local") for alias in node.names))
    }
    assert users == set()
