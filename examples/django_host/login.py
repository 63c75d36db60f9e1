"""Django's login, asked by the mounted API, which Django's middleware is not before."""

from django.conf import settings
from django.contrib.auth import aget_user
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from meta_inbox import Connection, Principal


async def who_is_it(request: Connection) -> Principal | None:
    """The user whose session the browser's cookie names."""
    asked = HttpRequest()
    asked.session = SessionStore(request.cookies.get(settings.SESSION_COOKIE_NAME))
    user = await aget_user(asked)
    return principal_of(user) if user.is_authenticated else None


def principal_of(user: AbstractBaseUser | AnonymousUser) -> Principal:
    """Somebody who is logged in. Where companies share the CRM, the tenant is the user's company."""
    return Principal("crm", str(user.pk), name=user.get_username())
