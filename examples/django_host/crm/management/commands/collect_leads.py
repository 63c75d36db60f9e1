"""``manage.py collect_leads``: a process without an event loop, which makes leads of what comes."""

import signal
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from django_host.crm.models import Lead
from meta_inbox import EventType, Settings, open_inbox_blocking


class Command(BaseCommand):
    """Runs until it is told to stop; any number of them share the work."""

    help = "Makes a lead of each message that comes."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """The lead is committed, then the event acknowledged.

        If the process dies between the two, the event comes again, and finds its lead.
        """
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with suppress(KeyboardInterrupt), open_inbox_blocking(Settings.from_env(), jobs=False) as inbox:
            self.stdout.write("collecting leads")
            for event in inbox.events(consumer="crm-leads"):
                close_old_connections()
                if event.type is EventType.MESSAGE_CREATED:
                    Lead.keep(event)
                event.ack()
