#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it uses the servers of `make run`, or starts them for as long as it takes."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxgov.settings")
    from django.core.management import execute_from_command_line

    from initiatives.core.patience import Patience
    from initiatives.core.privileges import act_as_owner

    act_as_owner(sys.argv)
    Patience.LONG_JOB.begin()
    execute_from_command_line(sys.argv)


def main_with_lent_servers() -> None:
    from cxgov.local.place import lent_servers
    from cxgov.local.state import State, Trouble, data_folder

    try:
        with lent_servers(State(data_folder())) as environment:
            os.environ.update({**environment, **os.environ})
            main()
    except Trouble as trouble:
        sys.exit(str(trouble))


if __name__ == "__main__":
    if os.environ.get("DATABASE_URL"):
        main()
    else:
        main_with_lent_servers()
