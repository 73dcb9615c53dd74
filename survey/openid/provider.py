"""The provider at which people sign in: what it says of itself, where to send people, and whether its word can be trusted.

It knows no database and no page. What is wrong raises `NotTrusted` with a reason for the log, which tells no code and no token; what
cannot be reached raises OSError. The rules are OpenID Connect Core 1.0 (section 3.1), Discovery 1.0, RFC 7636 (PKCE) and RFC 9207;
those of tokens that end sign-ins stand in `logout_token.py`.
"""

import base64
import hmac
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from threading import Lock
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from survey.openid.logout_token import Ended, read_logout
from survey.outgoing import opener

TIMEOUT_S, ANSWER_LIMIT = 10, 1_000_000
KNOWN_FOR_S = 3600
"""So long what a provider says of itself is taken as it was."""
ASKED_AGAIN_AFTER_S = 30
"""So long a provider that did not answer, or that has no key of a name, is not asked once more: visitors cannot make us ask without end."""
CLOCKS_DIFFER_S = 60
ASKED_WITHIN_S = 5 * 60
"""So long ago the provider may have asked somebody who was sent there to be asked anew."""
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Signatures with a private key, which only the provider has. None at all, and those with a shared secret, are refused."""


class NotTrusted(ValueError):
    """What the provider or the browser said cannot be believed; the text is for the log."""


@dataclass(frozen=True, slots=True)
class Client:
    """How this program is known to the provider; `secret` is empty where it has none and PKCE alone proves who asks."""

    issuer: str
    client_id: str
    secret: str
    scope: str


@dataclass(frozen=True, slots=True)
class Begun:
    """One visit to the provider: what only the browser that began it can know when it comes back."""

    state: str
    nonce: str
    verifier: str
    is_again: bool = False
    """Whether the provider was told to ask the person anew, whoever is signed in there."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the provider vouches for, checked: who it is, and everything else that its id token says."""

    issuer: str
    subject: str
    claims: Mapping[str, Any]
    id_token: str


class Provider:
    """A provider as one process knows it; what it says of itself is asked for once an hour, its keys when an unknown one is named."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._lock = Lock()
        self._metadata: dict[str, Any] = {}
        self._keys: Any = None
        self._asked_at = self._keys_asked_at = float("-inf")

    def begin(self, callback: str, *, is_again: bool = False) -> tuple[Begun, str]:
        """What has to be remembered, and the address that the browser is sent to."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _each in range(3))
        begun = Begun(state, nonce, verifier, is_again)
        asked = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": callback,
            "scope": self.client.scope,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": create_s256_code_challenge(begun.verifier),
            "code_challenge_method": "S256",
            **({"prompt": "login", "max_age": "0"} if is_again else {}),
        }
        return begun, add_params_to_uri(self._endpoint("authorization_endpoint"), list(asked.items()))

    def finish(self, begun: Begun, answered: Mapping[str, str], callback: str) -> Told:
        """Who signed in there, from what the browser brought back."""
        if not hmac.compare_digest(begun.state.encode(), answered.get("state", "").encode()):
            raise NotTrusted("the answer belongs to no visit that this browser began")
        self._check_issuer(answered)
        if answered.get("error"):
            raise NotTrusted(f"the provider said no: {answered['error'][:60]!r}")
        if not answered.get("code"):
            raise NotTrusted("the answer has no code")
        given = self._redeem(answered["code"], begun.verifier, callback)
        if not isinstance(given.get("id_token"), str):
            raise NotTrusted("the provider gave no id token")
        claims = self._read_token(given["id_token"], begun.nonce, given.get("access_token"))
        return Told(self.client.issuer, str(claims["sub"]), claims, given["id_token"])

    def asked_just_now(self, begun: Begun, told: Told) -> bool:
        """Whether the provider asked the person anew on this visit: it was told to, and says when it did (`auth_time`)."""
        at = told.claims.get("auth_time")
        return begun.is_again and isinstance(at, int | float) and abs(time.time() - at) < ASKED_WITHIN_S

    def heard(self, logout_token: str) -> Ended:
        """What the provider says ended there."""
        try:
            token = self._decode(logout_token)
            return read_logout(token.header, token.claims, issuer=self.client.issuer, client_id=self.client.client_id, now=int(time.time()))
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotTrusted(f"the logout token does not hold: {type(error).__name__} {error}"[:200]) from error

    def ending(self, back: str, id_token: str) -> str | None:
        """The address at which the browser signs out of the provider, too; None where it has none."""
        asked = {"client_id": self.client.client_id, "post_logout_redirect_uri": back}
        if id_token:
            asked["id_token_hint"] = id_token
        known = self._known()
        if not known.get("end_session_endpoint"):
            return None
        return str(add_params_to_uri(self._endpoint("end_session_endpoint"), list(asked.items())))

    def _check_issuer(self, answered: Mapping[str, str]) -> None:
        """An answer of another provider must not be taken for one of this (RFC 9207)."""
        issuer = answered.get("iss")
        if issuer is None and not self._known().get("authorization_response_iss_parameter_supported"):
            return
        if issuer != self.client.issuer:
            raise NotTrusted("the answer comes from another provider")

    def _redeem(self, code: str, verifier: str, callback: str) -> dict[str, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback, "code_verifier": verifier}
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        ways = self._known().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if self.client.secret and "client_secret_basic" in ways:
            pair = ":".join(quote(each, safe="") for each in (self.client.client_id, self.client.secret))
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = self.client.client_id
            if self.client.secret:
                form["client_secret"] = self.client.secret
        return _fetch(urllib.request.Request(self._endpoint("token_endpoint"), urlencode(form).encode(), headers, method="POST"))

    def _read_token(self, id_token: str, nonce: str, access_token: Any) -> Mapping[str, Any]:
        try:
            token = self._decode(id_token)
            wanted = {"iss": {"essential": True, "value": self.client.issuer}, "aud": {"essential": True, "value": self.client.client_id}}
            params = {"nonce": nonce, "client_id": self.client.client_id, "access_token": access_token}
            claims = CodeIDToken(token.claims, token.header, wanted, params)
            claims.validate(leeway=CLOCKS_DIFFER_S)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotTrusted(f"the id token does not hold: {type(error).__name__} {error}"[:200]) from error
        if not claims["sub"] or not isinstance(claims["sub"], str) or len(claims["sub"]) > 255:
            raise NotTrusted("the id token names nobody")
        return dict(claims)

    def _decode(self, token: str) -> jwt.Token:
        """The token, whose signature is one of the provider's keys; a key that is not known yet is asked for."""
        try:
            return jwt.decode(token, self._key_set(), algorithms=list(SIGNATURES))
        except InvalidKeyIdError:
            return jwt.decode(token, self._key_set(anew=True), algorithms=list(SIGNATURES))

    def _known(self) -> Mapping[str, Any]:
        with self._lock:
            age = time.monotonic() - self._asked_at
            if age < KNOWN_FOR_S and self._metadata:
                return self._metadata
            if age < ASKED_AGAIN_AFTER_S:
                raise OSError("the provider did not answer a moment ago")
            self._asked_at = time.monotonic()
            known = _fetch(urllib.request.Request(self.client.issuer.rstrip("/") + "/.well-known/openid-configuration"))
            if known.get("issuer") != self.client.issuer:
                raise NotTrusted("what lies at the provider's address is of another issuer")
            self._metadata = known
            return known

    def _endpoint(self, name: str) -> str:
        address = self._known().get(name)
        if not isinstance(address, str) or urlsplit(address).scheme not in {"https", urlsplit(self.client.issuer).scheme}:
            raise NotTrusted(f"the provider names no encrypted {name}")
        return address

    def _key_set(self, *, anew: bool = False) -> Any:
        address = self._endpoint("jwks_uri")
        with self._lock:
            age = time.monotonic() - self._keys_asked_at
            if self._keys is None or age >= KNOWN_FOR_S or (anew and age >= ASKED_AGAIN_AFTER_S):
                self._keys_asked_at = time.monotonic()
                self._keys = KeySet.import_key_set(_fetch(urllib.request.Request(address)))  # type: ignore[arg-type]
            return self._keys


def _fetch(request: urllib.request.Request) -> dict[str, Any]:
    """The JSON object that the provider answers with."""
    try:
        with opener().open(request, timeout=TIMEOUT_S) as answer:
            found = json.loads(answer.read(ANSWER_LIMIT))
    except urllib.error.HTTPError as error:
        raise NotTrusted(f"the provider answered {error.code} at {urlsplit(request.full_url).path}") from error
    except HTTPException as error:
        raise OSError(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise NotTrusted("the provider's answer is no JSON") from error
    if not isinstance(found, dict):
        raise NotTrusted("the provider's answer is no JSON object")
    return found
