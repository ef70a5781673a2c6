"""Where mail goes when no SMTP server is configured: files under the data folder, shown on the page "Mail"."""

from django.core.mail.backends.filebased import EmailBackend


class KeepAsEml(EmailBackend):
    """Placeholder location until the outbox is built."""
