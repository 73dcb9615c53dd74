"""Flask-Login as far as it is used here; it ships no types."""

from blinker import Signal

from survey.accounts.models import User

class _CurrentUser(User):
    """Whoever asks. Somebody who has not signed in has `is_authenticated` and `has_role` only; views are reached by people who have."""

    def _get_current_object(self) -> User: ...

current_user: _CurrentUser
user_logged_in: Signal
user_logged_out: Signal
