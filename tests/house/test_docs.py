"""The documents say what is so."""

import re

from tests.house import code

OPERATIONS = (code.ROOT / "docs" / "OPERATIONS.md").read_text()
MAKEFILE = (code.ROOT / "Makefile").read_text()
DOCUMENTS = [code.ROOT / "README.md", code.ROOT / "CONTRIBUTING.md", *sorted((code.ROOT / "docs").rglob("*.md"))]


def test_every_variable_is_described_and_every_description_is_of_one() -> None:
    read = set(re.findall(r'_env\.\w+\("([A-Z_]+)"', (code.ROOT / "cxgov" / "env.py").read_text()))
    for path in code.modules("cxgov/local"):
        read |= set(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', path.read_text()))
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATIONS, re.MULTILINE)) == read


def test_commands_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    for document in DOCUMENTS:
        named = set(
            re.findall(r"(?<!-)\bmake ([a-z]+)(?=[`\s]+(?:#|ARGS|[^a-z ]|$))|`make ([a-z]+)", document.read_text(), re.MULTILINE)
        )
        assert {first or second for first, second in named} <= targets, code.name(document)


def test_the_readme_names_every_command_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", MAKEFILE, re.MULTILINE))
    readme = (code.ROOT / "README.md").read_text()
    assert {target for target in targets if f"make {target}" not in readme} == set()


def test_management_commands_in_the_documents_exist() -> None:
    commands = {path.stem for path in code.ROOT.glob("**/management/commands/*.py")}
    ours = commands | {"migrate", "collectstatic", "check"}
    for document in DOCUMENTS:
        assert set(re.findall(r"manage\.py ([a-z_]+)", document.read_text())) <= ours, code.name(document)


def test_links_in_the_documents_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{code.name(document)}: {target}"


def test_the_architecture_names_every_room() -> None:
    text = (code.ROOT / "docs" / "ARCHITECTURE.md").read_text()
    assert all(f"`initiatives/{room}`" in text for room in code.ROOMS)
