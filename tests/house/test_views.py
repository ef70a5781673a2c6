"""Views are thin: one scoped fetch, one act or report, one reply; and they reach objects through one door."""

import ast

from tests.house import code

LONGEST = 15
# A view that stands above the limit, with the reason.
LONG_VIEWS: dict[str, str] = {}


def view_modules() -> list[code.Path]:
    return [path for path in code.modules("initiatives") if path.stem == "views" or path.parent.name == "views"]


def test_views_are_short() -> None:
    long = {
        f"{code.name(path)}:{view.name} ({code.length(view)})"
        for path in view_modules()
        for view in code.views(path)
        if code.length(view) > LONGEST and f"{code.name(path)}:{view.name}" not in LONG_VIEWS
    }
    assert long == set()


def test_no_view_reads_past_the_one_door() -> None:
    """`objects.all()`, `objects.get()` and get_object_or_404 know nothing of who asks; `scoped` does."""
    found = []
    for path in view_modules():
        for call in code.calls(path):
            words = ast.unparse(call.func)
            if words.endswith(("get_object_or_404", "get_list_or_404", ".objects.all", ".objects.get")):
                found.append(f"{code.name(path)}:{call.lineno} {words}")
    assert found == []


def test_no_form_offers_objects_that_its_reader_may_not_see() -> None:
    """A form's choices come from `visible_to`, never from all rows."""
    found = [
        f"{code.name(path)}:{call.lineno}"
        for path in code.modules("initiatives")
        if path.stem in ("forms", "filters") or path.parent.name in ("forms", "filters")
        for call in code.calls(path)
        if ast.unparse(call.func).endswith(".objects.all")
    ]
    assert found == []


def test_every_url_of_ours_is_answered_by_a_function() -> None:
    classes = [
        f"{code.name(path)}:{node.name}"
        for path in view_modules()
        for node in ast.walk(code.tree(path))
        if isinstance(node, ast.ClassDef) and node.name.endswith("View")
    ]
    assert classes == []
