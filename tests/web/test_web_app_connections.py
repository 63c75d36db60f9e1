"""Plays ``web_app_connections.feature``: Instagram's own login."""

from pytest_bdd import scenarios

from tests.web.answering_steps import *  # noqa: F403  # pytest-bdd finds steps where they are fixtures
from tests.web.conftest import FEATURES
from tests.web.connecting_steps import *  # noqa: F403  # the same
from tests.web.inbox_steps import *  # noqa: F403  # the same
from tests.web.instagram_login_steps import *  # noqa: F403  # the same
from tests.web.session_steps import *  # noqa: F403  # the same

scenarios(str(FEATURES / "web_app_connections.feature"))
