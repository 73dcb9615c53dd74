"""Names of people of households as a reader may see them: whole for the team that knows them, masked for all others. Pure."""

STAR = "*"
NAMED_ROLES = frozenset(("admin", "coordinator", "interviewer"))
"""Who is shown whole names. Interviewers come upon the households of their own pair only; nobody else needs to know who somebody is."""


def mask_name(name: str) -> str:
    """The first sign of the name and a star: "王*"; "" stays ""."""
    bare = name.strip()
    return bare[:1] + STAR if bare else ""


def is_shown_names(roles: set[str]) -> bool:
    """Whether somebody with these roles is shown whole names."""
    return bool(roles & NAMED_ROLES)
