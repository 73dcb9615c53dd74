"""Every table, imported in one place so that `Base.metadata` is whole for migrations and tests."""

from survey.accounts import models as accounts
from survey.backup import models as backup
from survey.candidates import models as candidates
from survey.coding import models as coding
from survey.comparison import models as comparison
from survey.corrections import models as corrections
from survey.datasets import models as datasets
from survey.db import Base
from survey.devices import models as devices
from survey.draws import models as draws
from survey.events import Event
from survey.first_run import models as first_run
from survey.handover import models as handover
from survey.house_styles import models as house_styles
from survey.instruments import models as instruments
from survey.intake import models as intake
from survey.issues import models as issues
from survey.joint_meetings import models as joint_meetings
from survey.liaison import models as liaison
from survey.lookback import models as lookback
from survey.openid import models as openid
from survey.outcomes import models as outcomes
from survey.places import models as places
from survey.proof import models as proof
from survey.protection import models as protection
from survey.protocol import models as protocol
from survey.reconciling import models as reconciling
from survey.registry import models as registry
from survey.reminders import models as reminders
from survey.report_batches import models as report_batches
from survey.report_texts import models as report_texts
from survey.reports import models as reports
from survey.review import models as review
from survey.saved_filters import models as saved_filters
from survey.signing_in import models as signing_in
from survey.teams import models as teams
from survey.visits import models as visits

__all__ = [
    "Base",
    "Event",
    "accounts",
    "backup",
    "candidates",
    "coding",
    "comparison",
    "corrections",
    "datasets",
    "devices",
    "draws",
    "first_run",
    "handover",
    "house_styles",
    "instruments",
    "intake",
    "issues",
    "joint_meetings",
    "liaison",
    "lookback",
    "openid",
    "outcomes",
    "places",
    "proof",
    "protection",
    "protocol",
    "registry",
    "reconciling",
    "reminders",
    "report_batches",
    "report_texts",
    "reports",
    "review",
    "saved_filters",
    "signing_in",
    "teams",
    "visits",
]
