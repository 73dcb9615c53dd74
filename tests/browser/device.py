"""What lies on a tablet, reached through the store that its page has open."""

from typing import Any

from playwright.sync_api import Page

SOME_INTERVIEW = {
    "id": "one",
    "username": "lead1",
    "form_id": "field_form",
    "form_version": "2018.1",
    "assignment_id": "",
    "title": "某户",
    "instance_id": "uuid:one",
    "state": "draft",
    "page": 0,
    "begun_at": "2018-04-20T08:00:00Z",
    "changed_at": "2018-04-20T08:01:00Z",
    "answers": {"values": {"/home/n_members": "4"}, "repeats": {}, "next": 1},
}


def in_store(page: Page, script: str, arg: Any = None) -> Any:
    """What a script gives that works with the open store of the app, called `store`, and with `arg`."""
    begun = "async (arg) => { const store = (await import('/static/bundles/lock.js')).$device_store.currentStore();"
    return page.evaluate(f"{begun} {script} }}", arg)


def until_in_store(page: Page, script: str, arg: Any = None) -> None:
    """Waits until a script, as for `in_store`, gives something that is true."""
    for _ in range(200):
        if in_store(page, script, arg):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never came true on the tablet: {script}")
