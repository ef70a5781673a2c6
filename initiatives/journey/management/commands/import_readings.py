"""Take readings in from a file."""

from initiatives.core.imports.command import ImportCommand


class Command(ImportCommand):
    target = "readings"
