"""Take actuals in from a file of finance's."""

from initiatives.core.imports.command import ImportCommand


class Command(ImportCommand):
    target = "actuals"
