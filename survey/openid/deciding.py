"""What follows from the provider's word: which roles it gives, whether it asked for a second factor, what it calls somebody. Pure."""

from collections.abc import Mapping
from typing import Any

GIVEN_ROLES = frozenset(("coordinator", "author", "interviewer"))
"""The roles that an account may be made with by itself: an administrator is made by another one, and the responsible side has a place."""


def read_role_map(text: str) -> Mapping[str, str]:
    """The role for each value of the claim, from "value=role value=role"; raises ValueError for anything else."""
    found: dict[str, str] = {}
    for part in text.replace(",", " ").split():
        value, sign, role = part.rpartition("=")
        if not sign or not value or role not in GIVEN_ROLES:
            raise ValueError(f"write value=role with one of {', '.join(sorted(GIVEN_ROLES))}; '{part}' is not that")
        found[value] = role
    return found


def granted_roles(claims: Mapping[str, Any], claim: str, roles: Mapping[str, str]) -> tuple[str, ...]:
    """The roles that the claim gives somebody without an account; none where it names nothing of the map."""
    return tuple(sorted({roles[value] for value in texts_of(claims, claim) if value in roles}))


def texts_of(claims: Mapping[str, Any], path: str) -> tuple[str, ...]:
    """The texts of a claim, one or several; `a.b` is b within a, as Keycloak has "realm_access.roles"."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for name in path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, str):
        return (found,)
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def is_vouched(claims: Mapping[str, Any], accepted: frozenset[str]) -> bool:
    """Whether the provider says, in `amr` (RFC 8176) or `acr`, that it asked for more than a password."""
    return bool(accepted & {*texts_of(claims, "amr"), *texts_of(claims, "acr")})


def name_at_provider(claims: Mapping[str, Any], claim: str) -> str:
    """What the provider calls the person where people are to recognise them: the claim of the user name, else name or address."""
    return next((text for each in (claim, "name", "email") for text in texts_of(claims, each) if text.strip()), "")[:128]
