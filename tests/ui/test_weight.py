"""What a first visit costs over the wire, with the static files as production serves them."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils.functional import empty

from initiatives.core.templatetags import kept
from tests.cast import Cast

KILOBYTE = 1000
HEADERS = 350  # bytes of response headers for each file, as gunicorn and WhiteNoise send them


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The static files collected, named by their content and compressed, as in production."""
    folder = tmp_path_factory.mktemp("static")
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    with override_settings(STATIC_ROOT=folder, STORAGES=storages):
        staticfiles_storage._wrapped = empty
        kept.forget()
        call_command("collectstatic", interactive=False, verbosity=0)
        yield folder
    staticfiles_storage._wrapped = empty
    kept.forget()


def weight(client: Client, path: str, folder: Path) -> int:
    """Bytes of the page and of everything it asks for, compressed as a browser gets them."""
    page = client.get(path)
    assert page.status_code == 200
    files = set(re.findall(r'(?:href|src)="/static/([^"]+)"', page.content.decode()))
    assert files
    smallest = [min(file.stat().st_size for file in folder.glob(f"{name}*")) for name in files]
    return len(gzip.compress(page.content)) + sum(smallest) + HEADERS * (len(files) + 1)


@pytest.mark.parametrize("path", ["/account/login/", "/ui/"])
def test_a_first_visit_weighs_at_most_sixty_kilobytes(client: Client, cast: Cast, collected: Path, path: str) -> None:
    if path != "/account/login/":
        client.force_login(cast.administrator)
    assert weight(client, path, collected) <= 60 * KILOBYTE
