"""The code that proves that whoever makes the first account runs the server: it is told in the server's terminal only.

It follows from the secret key, so that every process and every restart knows the same one, and nothing is stored. It opens nothing once
anybody has an account. Pure.
"""

import base64
import hmac
from hashlib import sha256

PURPOSE = b"survey: the first administrator"
LENGTH, GROUP = 20, 5
"""Twenty signs of base 32: 100 bits."""


def first_code(secret_key: str) -> str:
    """The code of an installation with this key, such as "k7mpx-4wd2h-qt2ra-mmxq3"."""
    digest = hmac.new(secret_key.encode(), PURPOSE, sha256).digest()
    signs = base64.b32encode(digest).decode().lower()[:LENGTH]
    return "-".join(signs[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def is_first_code(given: str, secret_key: str) -> bool:
    """Whether this is the code, however its letters, hyphens and blanks are written."""
    return hmac.compare_digest(_plain(given), _plain(first_code(secret_key)))


def _plain(code: str) -> bytes:
    return "".join(sign for sign in code.lower() if sign.isalnum()).encode()
