"""Commands that tests run in their own process share one application, which opens the installation of each command in turn."""

from collections.abc import Iterator

import pytest
from flask import Flask

import survey
from survey import open_installation
from survey.config import Settings
from tests.conftest import SECRET_KEY, MakeApp


@pytest.fixture(scope="session", autouse=True)
def commands_app(make_app: MakeApp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Commands take one application, whose four hundred routes are compiled once in a process; each opens its own installation."""
    shared: list[tuple[Flask, dict[str, object]]] = []

    def reopen(settings: Settings) -> Flask:
        if not shared:
            app = make_app(Settings(data=str(tmp_path_factory.mktemp("none")), secret_key=SECRET_KEY))
            shared.append((app, dict(app.config)))
        app, config = shared[0]
        app.config.clear()
        app.config.update(config)
        open_installation(app, settings)
        return app

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survey, "create_app", reopen)
        yield
    for app, _config in shared:
        app.extensions["survey.engine"].dispose()
