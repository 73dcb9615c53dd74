"""A provider for every test of signing in there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import RSAKey

from tests.survey.openid.arriving import set_up
from tests.survey.openid.provider import CLIENT_ID, CLIENT_SECRET, Provider, served


@pytest.fixture(scope="module")
def key() -> Any:
    """The provider's key, which takes long to make."""
    return RSAKey.generate_key(2048, {"kid": "one"})


@pytest.fixture
def provider(app: Flask, key: Any, tmp_path: Path) -> Iterator[Provider]:
    """A provider that answers, and that the application is set to."""
    secret = tmp_path / "secret"
    secret.write_text(f"{CLIENT_SECRET}\n", encoding="utf-8")
    with served(Provider(key=key)) as provider:
        set_up(app, openid_issuer=provider.issuer, openid_client_id=CLIENT_ID, openid_secret_file=str(secret), openid_name="统一认证")
        yield provider
