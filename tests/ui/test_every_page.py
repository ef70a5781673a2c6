"""Every page of the demo world, as the people in it see them: no fault that axe finds, nothing wider than the window."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from cxgov import demo
from initiatives.organization.models import User
from tests.browser import Browse
from tests.screenshots import PICTURES

Faults = Callable[..., list[str]]
LOOKS = ((1440, "light"), (360, "dark"))  # a page in one of them; the components are tested at six (test_patterns.py)


PARTS = 2  # so that the processes of a parallel run share the pages


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_of_the_demo_world_has_a_fault(
    transactional_db: None, browse: Browse, faults: Faults, settings: Any, part: int
) -> None:
    settings.DEMO = True
    demo.load()
    people = {login["role"]: User.objects.get(email=login["email"]) for login in reversed(demo.logins())}
    found, pages = [], dict[str, Page]()
    for number, picture in enumerate(PICTURES[part::PARTS]):
        if picture.role not in pages:
            pages[picture.role] = browse(by=people[picture.role] if picture.role else None)
        page = pages[picture.role]
        picture.found(page)
        found += [f"{picture.name}: {fault}" for fault in faults(page, LOOKS[number % 2 :][:1])]  # every other page in each look
    assert found == []
