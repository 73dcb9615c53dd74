"""Recovery codes, of which only hashes are kept, made as those of passwords are (OWASP ASVS 5.0, 6.5.2)."""

from flask import current_app
from flask_security import UserMixin
from flask_security.proxies import _datastore, _security
from flask_security.recovery_codes import MfRecoveryCodesUtil
from flask_security.utils import hash_password, verify_password

HASHED = "$argon2"
"""How a hash begins. Codes of earlier versions were encrypted; they are good until they are used up or made anew."""


class HashedRecoveryCodes(MfRecoveryCodesUtil):
    """What makes, checks and uses up recovery codes. Whoever has the database, and the keys, too, cannot read them."""

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """The new codes, which can be shown this once."""
        n = current_app.config["SECURITY_MULTI_FACTOR_RECOVERY_CODES_N"]
        made: list[str] = _security.totp_factory.generate_recovery_codes(n)
        _datastore.mf_set_recovery_codes(user, [hash_password(each) for each in made])
        return made

    def get_recovery_codes(self, user: UserMixin) -> list[str]:
        """None: nobody can tell them."""
        return []

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Whether it is one of those that are left."""
        return self._number_of(user, code) is not None

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Whether the code was there; it is good no more."""
        number = self._number_of(user, code)
        return number is not None and bool(_datastore.mf_delete_recovery_code(user, number))

    def _number_of(self, user: UserMixin, code: str) -> int | None:
        kept = enumerate(_datastore.mf_get_recovery_codes(user))
        return next((number for number, each in kept if self._is(each, code)), None)

    def _is(self, kept: str, code: str) -> bool:
        if kept.startswith(HASHED):
            return bool(verify_password(code, kept))
        return code in self._decrypt_codes([kept])
