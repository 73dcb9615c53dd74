"""A provider of OpenID Connect that really answers over HTTP, made of Authlib's server parts, with keys of its own; and one that lies."""

import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server

from survey.openid.logout_token import EVENT
from tests.conftest import POLL_SECONDS

CLIENT_ID, CLIENT_SECRET = "survey", "a secret with : and % in it"


@dataclass
class KnownClient(ClientMixin):
    """The survey, as the provider knows it."""

    redirect_uris: frozenset[str]

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return next(iter(self.redirect_uris))

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method, endpoint) == ("client_secret_basic", "token")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    """A code and what it was given for."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    get_acr = get_amr = get_auth_time


@dataclass
class Provider:
    """One provider: who is signed in there, what it adds to or puts in the place of true claims, and its keys."""

    issuer: str = ""
    is_signed_in: bool = True
    """Whether the person is signed in there already; otherwise a page asks."""
    home: str = "http://localhost"
    """Where the survey is."""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "7f3a", "preferred_username": "zhang.wei", "name": "张伟"})
    lies: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signing_key: Any = None
    algorithm: str = "RS256"
    codes: dict[str, Code] = field(default_factory=dict)
    n_asked: dict[str, int] = field(default_factory=dict)

    def client(self, client_id: str) -> KnownClient | None:
        """The survey; None for a program that is not known."""
        return KnownClient(frozenset((f"{self.home}/sign-in/openid/back",))) if client_id == CLIENT_ID else None

    def grant(self) -> tuple[type, OpenIDCode]:
        """What gives codes and redeems them, and what makes id tokens."""
        provider = self

        class Grant(AuthorizationCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

            def save_authorization_code(self, code: str, asked: Any) -> None:
                data = asked.payload.data
                keys = ("redirect_uri", "scope", "nonce", "code_challenge", "code_challenge_method")
                provider.codes[code] = Code(code, *(data.get(key, "") for key in keys))

            def query_authorization_code(self, code: str, client: Any) -> Code | None:
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code: Code) -> None:
                del provider.codes[authorization_code.code]

            def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
                return provider.person

        class Token(OpenIDCode):
            def exists_nonce(self, nonce: str, asked: Any) -> bool:
                return any(code.nonce == nonce for code in provider.codes.values())

            def get_client_algorithm(self, client: Any) -> str:
                return provider.algorithm

            def get_encode_header(self, client: Any) -> dict[str, str]:
                key = provider.signing_key or provider.key
                return {"alg": provider.algorithm, **({"kid": key.kid} if isinstance(key, RSAKey) else {})}

            def get_client_claims(self, client: Any) -> dict[str, Any]:
                return {"iss": provider.issuer, "aud": [CLIENT_ID]}

            def resolve_client_private_key(self, client: Any) -> Any:
                return provider.signing_key or provider.key

            def generate_user_info(self, user: dict[str, Any], scope: str) -> dict[str, Any]:
                return user | provider.lies

        return Grant, Token(require_nonce=True)

    def logout_token(self, header: Mapping[str, Any] | None = None, **lies: Any) -> str:
        """What the provider says when its person has left; a claim that is None is not there."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_hex(8),
            "sub": self.person["sub"],
        }
        claims = {name: value for name, value in (claims | {"events": {EVENT: {}}} | lies).items() if value is not None}
        told = {"alg": self.algorithm, "kid": "one", "typ": "logout+jwt"} | (header or {})
        if self.algorithm == "none":
            return ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (told, claims)) + "."
        return jwt.encode(told, claims, self.signing_key or self.key, algorithms=["RS256", "HS256"])

    def app(self) -> Flask:
        """The pages of the provider."""
        app, provider = Flask(f"provider-{secrets.token_hex(4)}"), self
        server = AuthorizationServer(app, provider.client, lambda token, asked: None)
        grant, token = self.grant()
        server.register_grant(grant, [token, CodeChallenge(required=True)])

        @app.before_request
        def count() -> None:
            provider.n_asked[request.path] = provider.n_asked.get(request.path, 0) + 1

        @app.get("/.well-known/openid-configuration")
        def configuration() -> Any:
            return jsonify(
                {
                    "issuer": provider.issuer,
                    "authorization_endpoint": f"{provider.issuer}/authorize",
                    "token_endpoint": f"{provider.issuer}/token",
                    "jwks_uri": f"{provider.issuer}/keys",
                    "end_session_endpoint": f"{provider.issuer}/end",
                    **provider.metadata,
                }
            )

        @app.get("/keys")
        def keys() -> Any:
            return jsonify({"keys": [provider.key.as_dict(private=False)]})

        @app.route("/authorize", methods=["GET", "POST"])
        def authorize() -> Any:
            if request.method == "GET" and not provider.is_signed_in:
                return '<!doctype html><title>Provider</title><form method="post"><button>Sign in</button></form>'
            provider.is_signed_in = True
            consent = server.get_consent_grant(end_user=provider.person)
            return server.create_authorization_response(grant_user=provider.person, grant=consent)

        @app.get("/end")
        def end() -> Any:
            provider.is_signed_in = False
            back = request.args["post_logout_redirect_uri"]
            return redirect(back) if back == f"{provider.home}/sign-in" and request.args.get("id_token_hint") else ("refused", 400)

        @app.post("/token")
        def redeem() -> Any:
            return server.create_token_response()

        return app


def shared_secret() -> Any:
    """A key for signatures that whoever knows the secret of the client can make, too."""
    return OctKey.import_key(CLIENT_SECRET * 2)


@contextmanager
def served(provider: Provider) -> Iterator[Provider]:
    """The provider at an address of this machine while the block runs."""
    server = make_server("127.0.0.1", 0, provider.app(), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
