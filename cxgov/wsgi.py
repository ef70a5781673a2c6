import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxgov.settings")

application = get_wsgi_application()

from initiatives.core.checks import insist_on_rules  # noqa: E402 - models load only after setup
from initiatives.core.patience import Patience  # noqa: E402 - settings are read only after setup

Patience.REQUEST.begin()
insist_on_rules()

gc.freeze()  # what is loaded by now lives as long as the process, and need not be looked through again and again
