import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxgov.settings")

application = get_asgi_application()

from initiatives.core.checks import insist_on_rules  # noqa: E402 - models load only after setup
from initiatives.core.patience import Patience  # noqa: E402 - settings are read only after setup

Patience.REQUEST.begin()
insist_on_rules()
