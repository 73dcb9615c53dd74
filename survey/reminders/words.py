"""What the pages of reminders call things, in the reader's language."""

from flask_babel import lazy_gettext as _l

FREQUENCY_LABELS = {"daily": _l("Every day"), "weekly": _l("Every Monday"), "never": _l("Never")}
STYLE_LABELS = {"wecom": _l("WeCom"), "dingtalk": _l("DingTalk"), "generic": _l("Another program (JSON)")}
STATE_LABELS = {"sent": _l("Sent"), "waiting": _l("To be sent"), "given_up": _l("Given up")}
STATE_TONES = {"sent": "good", "waiting": "warn", "given_up": "bad"}
