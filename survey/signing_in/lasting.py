"""How long a sign-in lasts. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SEEN_EVERY = timedelta(minutes=5)
"""How exactly it is kept when somebody was last seen; every request would be a write."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """After how long without use a sign-in ends, where the device is to remember it and where not, and after how long in any case."""

    idle: timedelta
    remembered_idle: timedelta
    whole: timedelta

    def ends_at(self, begun_at: datetime, last_seen_at: datetime, is_remembered: bool) -> datetime:
        """When a sign-in ends of which nothing more is seen."""
        idle = self.remembered_idle if is_remembered else self.idle
        return min(last_seen_at + idle, begun_at + self.whole)


def device_name(agent: str) -> str:
    """What a browser says of itself, as people call it: "Chrome · Windows"; the first word of anything else."""
    browsers = (("Edg", "Edge"), ("OPR", "Opera"), ("MicroMessenger", "WeChat"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))
    systems = (
        *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS")),
        *(("CrOS", "ChromeOS"), ("Linux", "Linux")),
    )
    browser = next((name for mark, name in (*browsers, ("Safari", "Safari")) if mark in agent), "")
    system = next((name for mark, name in systems if mark in agent), "")
    return " · ".join(filter(None, (browser, system))) or agent.split("/")[0][:40]
