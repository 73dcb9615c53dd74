"""What a tablet keeps: whole at every moment, taken over from the version before, refused when the disk is full, missed when it is gone."""

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.visits.models import Assignment
from tests.browser.device import SOME_INTERVIEW, in_store, until_in_store, until_kept
from tests.browser.field import HOME_READY, READY, answer_first_page, drafts, enter_tablet, open_assignment, question, reload_tablet
from tests.browser.pins import give_pin
from tests.builders import find_or_add_person

OpenPage = Callable[..., Page]


def test_drafts_of_the_version_before__kept_in_the_open__are_sealed_and_can_be_gone_on_with(
    open_page: OpenPage, app: Flask, session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/")
    give_pin(app, session, find_or_add_person(session, "lead1"))
    draft = {**SOME_INTERVIEW, "assignment_id": assignment.id, "file_names": ["house.jpg"]}
    page.evaluate(
        """(draft) => new Promise((resolve, reject) => {
            const opening = indexedDB.open('survey-tablet', 1);
            opening.onupgradeneeded = () => {
                opening.result.createObjectStore('interviews', { keyPath: 'id' });
                opening.result.createObjectStore('files');
                opening.result.createObjectStore('kept');
            };
            opening.onsuccess = () => {
                const change = opening.result.transaction(['interviews', 'files', 'kept'], 'readwrite');
                change.objectStore('interviews').put(draft);
                change.objectStore('interviews').put({ ...draft, id: 'two', username: 'second1' });
                change.objectStore('files').put(new Blob(['picture'], { type: 'image/jpeg' }), ['one', 'house.jpg']);
                change.objectStore('kept').put('tablet:known-before', 'device_id');
                change.objectStore('kept').put('<data/>', 'last saved lead1 field_form');
                change.oncomplete = () => { opening.result.close(); resolve(); };
                change.onerror = reject;
            };
        })""",
        draft,
    )
    open_assignment(page)
    expect(question(page, "home/n_members").locator("input")).to_have_value("4")
    assert in_store(page, "return [await store.deviceId(), await store.kept('last saved lead1 field_form')];") == [
        "tablet:known-before",
        "<data/>",
    ]
    assert in_store(page, "const file = await store.file('one', 'house.jpg'); return [await file.text(), file.type];") == [
        "picture",
        "image/jpeg",
    ]
    plain = "const all = await Promise.all(['interviews', 'files', 'kept'].map((name) => store.db.getAllKeys(name))); return all;"
    assert in_store(page, plain) == [["two"], [], []]


FILL_THE_DISK = """
    const bytes = crypto.getRandomValues(new Uint8Array(65536));
    let n = 0;
    for (const size of [1048576, 65536, 4096, 256]) {
        const part = new Blob(Array(Math.max(1, size / 65536)).fill(bytes.subarray(0, size)));
        const value = new Uint8Array(await part.arrayBuffer());
        for (let isFull = false; !isFull; n += 1) {
            const change = store.db.transaction('values', 'readwrite');
            await Promise.all([change.store.put(value, ['filler', n]), change.done]).catch(() => { isFull = true; });
        }
    }
"""


@pytest.mark.soak
def test_full_disk__while_files_and_answers_are_kept__is_said_and_everything_else_stays(
    open_page: OpenPage, app: Flask, session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/")
    give_pin(app, session, find_or_add_person(session, "lead1"))
    origin = page.evaluate("window.location.origin")
    # Before the database is opened, because the browser remembers for half a minute how much room there is.
    quota = {"origin": origin, "quotaSize": 12_000_000}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)
    open_assignment(page)
    answer_first_page(page)
    until_kept(page, "/water_safe")
    film = """
        const { id } = (await store.interviews())[0];
        await store.saveFile(id, 'small.bin', new Blob([new Uint8Array(1000)]));
        const bytes = crypto.getRandomValues(new Uint8Array(65536));
        const refused = await store.saveFile(id, 'film.mp4', new Blob(Array(300).fill(bytes))).catch((error) => [error.word, error.name]);
        return [refused, (await store.fileFacts(id)).map((each) => each.name), await store.db.count('pieces')];
    """
    assert in_store(page, film) == [["disk_full", "QuotaExceededError"], ["small.bin"], 1]
    in_store(page, FILL_THE_DISK)
    question(page, "home/n_members").locator("input").fill("7")
    expect(page.locator("#save-state")).to_have_class(re.compile("bad"))
    expect(page.locator("#save-state")).to_contain_text("存储")
    in_store(page, "await store.db.delete('values', IDBKeyRange.bound(['filler'], ['filler', []]));")
    question(page, "home/n_members").locator("input").fill("8")
    expect(page.locator("#save-state")).not_to_have_class(re.compile("bad"))
    until_kept(page, "/n_members", "8")
    reload_tablet(page)
    page.wait_for_selector(READY)
    expect(question(page, "home/n_members").locator("input")).to_have_value("8")
    [card] = drafts(page)
    assert in_store(page, "return (await store.file(arg, 'small.bin')).size;", card["id"]) == 1000


def test_missing_data__after_the_browser_threw_some_away__is_named(open_page: OpenPage, assignment: Assignment) -> None:
    page = open_page("lead1", "/tablet/")
    script = """
        await store.save({ ...arg, id: 'whole', title: '完整的' });
        await store.save({ ...arg, id: 'gone', title: '丢了的', state: 'finished' });
        await store.save({ ...arg, id: 'torn', title: '缺页的' });
        await store.saveFile('torn', 'film.mp4', new Blob([new Uint8Array(2500000)], { type: 'video/mp4' }));
        await store.saveFile('torn', 'kept.txt', new Blob(['x']));
        const before = await store.missing();
        await store.db.delete('bodies', ['lead1', 'gone']);
        await store.db.delete('pieces', ['lead1', 'torn', 'film.mp4', 1]);
        return [before, await store.missing(), await store.file('torn', 'film.mp4') === undefined,
            JSON.parse(localStorage.getItem('survey-tablet holdings'))];
    """
    before, missing, is_torn, counts = in_store(page, script, SOME_INTERVIEW)
    assert (before, is_torn, counts) == ([], True, {"lead1": {"n_drafts": 2, "n_unsent": 1}})
    assert [(each["title"], each["lacks"], each["names"]) for each in missing] == [
        ("丢了的", "interview", []),
        ("缺页的", "files", ["film.mp4"]),
    ]
    page.evaluate("""async () => {
        (await import('/static/bundles/lock.js')).$device_store.currentStore().db.close();
        await (await import('/static/bundles/lock.js')).$device_database.deleteDatabase();
    }""")
    page.reload()
    expect(page.locator("#lock")).to_contain_text("您的 2 份草稿和 1 份未上报的答卷已不在这台平板上")
    page.click("[data-action=missing_seen]")
    enter_tablet(page)
    assert drafts(page) == []


def test_writes__anew_in_pieces_and_overtaking_each_other__leave_what_is_whole_and_last(
    open_page: OpenPage, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    script = """
        const sizes = [];
        const blob = (n, fill) => new Blob([new Uint8Array(n).fill(fill)], { type: 'audio/webm' });
        const read = async () => {
            const found = await store.file('one', 'sound.webm');
            const bytes = new Uint8Array(await found.arrayBuffer());
            sizes.push([bytes.length, bytes[0], bytes.at(-1), found.type]);
        };
        await store.save(arg);
        await store.saveFile('one', 'sound.webm', blob(2500000, 1));
        await read();
        const writing = store.saveFile('one', 'sound.webm', blob(3000000, 2));
        await read();
        await writing;
        await read();
        await Promise.all([3, 4, 5].map((fill) => store.appendFile('one', 'sound.webm', blob(100, fill))));
        await read();
        await store.saveFile('one', 'empty.txt', new Blob([]));
        const facts = await store.fileFacts('one');
        const pieces = await store.db.count('pieces');
        await store.discardFile('one', 'sound.webm');
        await store.discard('one');
        return [sizes, facts, pieces, await store.db.count('pieces'), await store.db.count('facts'), await store.missing()];
    """
    sizes, facts, n_pieces, *after = in_store(page, script, SOME_INTERVIEW)
    kind = "audio/webm"
    assert sizes == [[2_500_000, 1, 1, kind], [2_500_000, 1, 1, kind], [3_000_000, 2, 2, kind], [3_000_300, 2, 5, kind]]
    assert {each["name"]: (each["n_bytes"], each["type"]) for each in facts} == {"empty.txt": (0, ""), "sound.webm": (3_000_300, kind)}
    assert n_pieces == 3 + 3 + 1
    assert after == [0, 0, []]
    overtaking = """
        const long = 'x'.repeat(400000);
        const numbered = (number) => ({ ...arg, page: number, answers: { number, long: number % 2 ? '' : long } });
        const saves = [...Array(20).keys()].map((number) => store.save(numbered(number)));
        saves.push(store.saveCard({ ...arg, page: 99 }));
        await Promise.all(saves);
        const found = await store.interview('one');
        return [found.page, found.answers.number];
    """
    assert in_store(page, overtaking, SOME_INTERVIEW) == [99, 19]
    receipts = """
        const sent = { ...arg, state: 'sent', sent_at: '2018-04-21T08:00:00.000Z' };
        await store.save({ ...sent, id: 'cleared' });
        await store.save({ ...sent, id: 'copy', has_copy: true });
        await store.save({ ...sent, id: 'recent', sent_at: '2018-06-20T08:00:00.000Z' });
        await store.forgetOldReceipts(new Date('2018-06-21T08:00:00Z'));
        return (await store.interviews()).map((each) => each.id).sort();
    """
    assert in_store(page, receipts, SOME_INTERVIEW) == ["copy", "one", "recent"]


COUNTING = """
    const opened = [];
    const { unseal } = store;
    store.unseal = function (name, ...rest) { opened.push(name); return unseal.call(this, name, ...rest); };
    const cards = await store.interviews();
    store.unseal = unseal;
    return [cards.map((card) => card.title).sort(), opened.filter((name) => name === 'cards').length];
"""


@pytest.mark.soak
def test_cards__of_many_interviews__are_opened_as_one_until_they_change(
    open_page: OpenPage, app: Flask, session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    enter_tablet(page)
    page.wait_for_selector(HOME_READY)
    many = """
        for (let n = 10; n < 34; n += 1) await store.save({ ...some, id: `n${n}`, title: `t${n}`, username: store.username });
        await store.interviews();
    """
    in_store(page, f"const some = {json.dumps(SOME_INTERVIEW)}; {many}")
    until_in_store(page, "return (await store.kept('cards in one') || []).length === 24;")
    reload_tablet(page)
    page.wait_for_selector(HOME_READY)
    titles = [f"t{number}" for number in range(10, 34)]
    assert in_store(page, f"store.index.forget(); {COUNTING}") == [titles, 0]
    # What is read ahead while a PIN is checked is given once, without asking the database, and no more after a write.
    ahead = "const { db, username } = store; store.readAhead(username); await store.ahead.read.get('cards'); store.db = null;"
    told = "const [read] = await Promise.all([store.interviews(), store.keptAtStart('tasks')]); store.db = db; return read.length;"
    assert in_store(page, f"{ahead} {told}") == 24
    later = "store.readAhead(store.username); await store.keep('outcomes', [1]); const told = [await store.keptAtStart('outcomes')];"
    assert in_store(page, f"{later} await store.keep('outcomes', []); return [...told, await store.keptAtStart('outcomes')];") == [[1], []]
    changed = "const [card] = await store.interviews(); await store.saveCard({ ...card, title: 'changed' });"
    assert in_store(page, f"{changed} {COUNTING}") == [["changed", *titles[1:]], 1]
    assert in_store(page, f"await store.discard('n33'); {COUNTING}") == [["changed", *titles[1:-1]], 0]
    until_in_store(page, "return (await store.kept('cards in one')).length === 23;")
