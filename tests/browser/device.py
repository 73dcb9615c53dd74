"""What lies on a tablet, reached through the store that its page has open."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.field import PATIENCE_MS

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
    for _ in range(PATIENCE_MS // 100):
        if in_store(page, script, arg):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never came true on the tablet: {script}")


def until_kept(page: Page, ending: str, value: str | None = None) -> None:
    """Waits until a draft on the tablet holds an answer to a question whose path ends so: this one, if a value is given."""
    script = """
        for (const { id } of await store.interviews()) {
            const { answers } = await store.interview(id);
            const held = Object.entries(answers?.values ?? {}).filter(([path]) => path.endsWith(arg.ending)).map(([, value]) => value);
            if (arg.value === null ? held.some(Boolean) : held.includes(arg.value)) return true;
        }
        return false;"""
    until_in_store(page, script, {"ending": ending, "value": value})


def until_recorded(page: Page, n_bytes: int = 1000) -> None:
    """Waits until a file of more than so many bytes lies beside a draft on the tablet, such as the first piece of a recording."""
    script = """
        for (const { id } of await store.interviews())
            if ((await store.fileFacts(id)).some((file) => file.n_bytes > arg)) return true;
        return false;"""
    until_in_store(page, script, n_bytes)
