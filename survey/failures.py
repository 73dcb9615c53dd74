"""Which failures pass by themselves: the database or the disk cannot be used just now, nothing was kept, and the same request may come
again. Whoever sent it is told when."""

import errno

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError

from questionnaires.errors import ErrorCode

RETRY_AFTER_S = 30
"""After so many seconds a client may try again; tablets wait longer each time of themselves."""
MOVED_AWAY = "this installation was moved"
"""What the database says to whoever writes to it after it was moved to another server."""
_OF_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ESTALE}
_FULL = ("disk is full", "no space left", "disk full")
_LOCKED = ("database is locked", "database table is locked", "lock timeout")
_BROKEN = ("disk i/o error", "unable to open database file", "readonly database")


def passing_failure(error: BaseException | None) -> ErrorCode | None:
    """The code of a failure that passes, None for any other, which is a bug."""
    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, TimeoutError):  # all connections to the database are in use
        return ErrorCode.DATABASE_BUSY
    if isinstance(error, OSError) and error.errno in _OF_DISK:
        return ErrorCode.DISK_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else ErrorCode.DISK_BROKEN
    return None


def _of_database(error: DBAPIError) -> ErrorCode | None:
    said = str(error.orig).lower()
    for words, code in ((_FULL, ErrorCode.DISK_FULL), (_LOCKED, ErrorCode.DATABASE_BUSY), (_BROKEN, ErrorCode.DISK_BROKEN)):
        if any(each in said for each in words):
            return code
    if MOVED_AWAY in said:
        return ErrorCode.MOVED_AWAY
    if error.connection_invalidated or isinstance(error, OperationalError | InterfaceError):
        return ErrorCode.DATABASE_AWAY
    return None
