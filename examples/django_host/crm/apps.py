"""The CRM as an app of Django's."""

import os
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from meta_inbox import migrate


class CrmConfig(AppConfig):
    """``manage.py migrate`` brings the inbox's schema up to date as well."""

    name = "django_host.crm"

    def ready(self) -> None:
        """Once Django is set up."""
        signal: Any = post_migrate
        signal.connect(migrate_the_inbox, sender=self)


def migrate_the_inbox(**_signal: object) -> None:
    """Behind the CRM's own migrations."""
    migrate(os.environ["DATABASE_URL"])
