"""The tablet on a processor six times slower, upright, without a network: starting, opening forms, answering, a full queue.

Times are the page's own clock. A start is the time to the field for the PIN and from the PIN's last digit to the list on the screen,
without the time a person takes to enter it; stretching the PIN (600,000 rounds) is in it. Only the page is slowed, not the workers of
the browser. The large form is the WHO verbal autopsy where the folder of shared forms lies beside the project, else one as large.
"""

import tempfile
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import BrowserContext, BrowserType, Page, sync_playwright

from benchmarks.figure import Figure, print_figure
from benchmarks.questionnaire import LARGE_FORM, ROOT
from benchmarks.slow_tablet import (
    N_HOUSEHOLDS,
    PIN,
    SLOWER,
    Finger,
    Installation,
    install_tablet,
    installation,
    slow_page,
    tablet_options,
    wait_until_seen,
)
from tests.browser.conftest import find_chromium, serving
from tests.browser.field import READY, enter_tablet

N_STARTS = 5
N_MEMBERS = 30
N_FINISHED = 300
N_PICTURES = 5
PICTURE_BYTES = 100_000
N_LARGE_QUESTIONS = 551

FILL_QUEUE = """async ([n, nPictures, nBytes]) => {
  const { currentStore, randomId } = (await import("/static/bundles/lock.js")).$device_store;
  const store = currentStore();
  const tasks = await (await import("/static/bundles/list.js")).$device_package.keptTasks(store);
  const at = new Date().toISOString();
  for (let number = 0; number < n; number += 1) {
    const names = Array.from({ length: nPictures }, (_, each) => `picture-${number}-${each}.jpg`);
    const interview = {
      id: randomId(), instance_id: `uuid:${randomId()}`, username: store.username, deprecated_id: null, state: "finished", reason: "",
      form_id: tasks[number].form_id, form_version: tasks[number].form_version, assignment_id: tasks[number].id,
      title: tasks[number].title, page: 0, answered: 40, total: 40,
      begun_at: at, changed_at: at, finished_at: at, file_names: names, problem: null,
      answers: { values: {}, repeats: {}, next: 1 }, log: [], notes: {},
      xml: `<data id="household">${"<answer>1</answer>".repeat(200)}</data>`,
    };
    await store.save(interview);
    for (const name of names) {
      const bytes = new Uint8Array(nBytes);
      for (let from = 0; from < nBytes; from += 65536) crypto.getRandomValues(bytes.subarray(from, from + 65536));
      await store.saveFile(interview.id, name, new Blob([bytes], { type: "image/jpeg" }));
    }
  }
}"""
OPEN_MS = 15_000
SCRIPTS = """() => {
  const scripts = performance.getEntriesByType("resource").filter((each) => new URL(each.name).pathname.endsWith(".js"));
  return [scripts.reduce((sum, each) => sum + each.encodedBodySize, 0), scripts.length];
}"""
WATCH_STORE = """async () => {
  const store = (await import("/static/bundles/lock.js")).$device_store.currentStore();
  const save = store.save.bind(store);
  Object.assign(window, { given: [], kept: [] });
  store.save = (interview) => {
    const begun = performance.now();
    const done = save(interview);
    done.then(() => window.kept.push([begun, performance.now()]));
    return done;
  };
  addEventListener("input", (event) => window.given.push(event.timeStamp), true);
}"""
UNTIL_KEPT = """() => window.given.map((at) => Math.min(...window.kept.filter(([begun]) => begun >= at).map(([, end]) => end)) - at)"""
"""For each answer the milliseconds until a write that began after it had ended on the device."""
OPENED = """async () => {
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - window.seen.tap;
}"""


def large_form() -> tuple[str, bytes]:
    """The name and content of the largest form we have, or of a made one with as many nodes."""
    if LARGE_FORM.exists():
        return LARGE_FORM.name, LARGE_FORM.read_bytes()
    rows = ["| survey | | | | | |", "| | type | name | label | relevant | constraint |"]
    for number in range(N_LARGE_QUESTIONS):
        relevant = f"${{q{number - 1}}} != 'no'" if number % 3 == 1 else ""
        if number % 25 == 0:
            rows += [*(["| | end_group | | | | |"] if number else []), f"| | begin_group | g{number} | Part {number // 25 + 1} | | |"]
        kind, constraint = (("select_one yes_no", ""), ("integer", ". >= 0 and . < 1000"), ("text", ""))[number % 3]
        rows.append(f"| | {kind} | q{number} | Question number {number} of this long form | {relevant} | {constraint} |")
    rows += ["| | end_group | | | | |", "| choices | | | |", "| | list_name | name | label |"]
    rows += ["| | yes_no | yes | Yes |", "| | yes_no | no | No |", "| settings | | |", "| | form_id | version |", "| | long | 1 |"]
    return "long.md", "\n".join(rows).encode()


def start_offline(context: BrowserContext) -> tuple[Page, float]:
    """The list of households of a tablet started without a network, and the milliseconds it took."""
    page, devtools = slow_page(context)
    page.goto("/tablet/", wait_until="commit")
    wait_until_seen(page, devtools, "pin")
    page.wait_for_timeout(500)
    page.keyboard.type(PIN)
    wait_until_seen(page, devtools, "home")
    seen = page.evaluate("window.seen")
    return page, seen["pin"] + seen["home"] - seen["key"]


def cold_starts(context: BrowserContext) -> list[float]:
    """The milliseconds of some starts, each in a page of its own."""
    times = []
    for _ in range(N_STARTS):
        page, took = start_offline(context)
        times.append(took)
        page.close()
    return times


def milliseconds_to_open(page: Page, finger: Finger, form_id: str) -> list[float]:
    """From the tap on a household's form to the form, ready to be answered; each time the list is gone back to."""
    times = []
    for number in range(N_STARTS):
        page.evaluate("window.seen = {}")
        finger.tap(f"#days .task-open[href*='forms/{form_id}/']", number if form_id == "household" else 0)
        page.wait_for_function("() => window.seen.form")
        times.append(float(page.evaluate(OPENED)))
        page.evaluate("window.location.hash = ''")
        page.wait_for_selector("body[data-ready=home]")
    return times


def answer_household(page: Page, finger: Finger) -> None:
    """Answers the household form as an interviewer does: the visit, thirty members of whom some are asked, and the income."""

    def choose(name: str, number: int = 0, around: str = "") -> None:
        finger.tap(f"{around} [data-path$='/{name}'] .option", number, answers=True)

    for name, number in (("guided_by_cadre", 1), ("cadres_present", 1), ("people_present", 0), ("interpreter", 0), ("consent", 0)):
        choose(name, number)
    choose("respondent")
    # The first tap shows what is missing on the page, the second goes on.
    finger.tap("#next")
    finger.tap("#next")
    choose("kind_said", 1)
    finger.type("[data-path$='/n_members'] input.control", str(N_MEMBERS))
    choose("main_cause")
    choose("special_seen")
    finger.tap("#next")
    for number in (1, 2, N_MEMBERS // 2, N_MEMBERS):
        card = f".repeat-instances > .instance:nth-child({number})"
        if page.locator(f"{card}.is-closed").count():
            finger.tap(f"{card} .instance-toggle")
        finger.type(f"{card} [data-path$='/member_name'] input.control", "abc")
        choose("relation", 0, card)
        choose("sex", 0, card)
        finger.type(f"{card} [data-path$='/birth_year'] input.control", "1970" if number % 2 else "2010")
        for name in (
            "health",
            "chronic_illness",
            "disability",
            "medical_insured",
            "school_status",
            "school_stage",
            "work_ability",
            "main_work",
        ):
            choose(name, 0, card)
        finger.type(f"{card} [data-path$='/months_away'] input.control", "3")
    finger.tap("#next")
    finger.tap("#next")
    fields = "section.page:not([hidden]) input.control"
    for number in range(page.locator(f"{fields}:visible").count()):
        finger.type(fields, "1250", number)


def bytes_of_scripts(kind: BrowserType, address: str, installed: Installation) -> tuple[int, int]:
    """The bytes of JavaScript that a browser which was never here receives until a household's form is open, and in how many files."""
    with closing(kind.launch(executable_path=find_chromium(), args=["--no-sandbox"])) as browser:
        context = browser.new_context(**tablet_options(address), service_workers="block")
        context.add_cookies([{"name": "session", "value": installed.cookie, "url": address}])
        page = context.new_page()
        page.goto("/tablet/")
        enter_tablet(page, PIN)
        page.click("#days .task-open[href*='forms/household/']")
        page.wait_for_selector(READY)
        page.wait_for_load_state("networkidle")
        n_bytes, n_files = page.evaluate(SCRIPTS)
        return int(n_bytes), int(n_files)


def measure_filling(context: BrowserContext, large_id: str) -> None:
    """Prints how fast forms open and answer."""
    page, _ = start_offline(context)
    finger = Finger(page, context.new_cdp_session(page))
    household = milliseconds_to_open(page, finger, "household")
    detail = f"from the tap, offline, CPU throttled {SLOWER} times, slowest {max(household):.0f} ms"
    print_figure(Figure("open the household form", 1.0, round(median(household) / 1000, 2), "s", detail))
    large = milliseconds_to_open(page, finger, large_id)
    print_figure(Figure("open the form of 551 nodes", 2.0, round(median(large) / 1000, 2), "s", f"{large_id}, slowest {max(large):.0f} ms"))
    finger.tap("#days .task-open[href*='forms/household/']")
    page.wait_for_selector(READY)
    for times in (finger.times, finger.answers):
        times.clear()
    page.evaluate(WATCH_STORE)
    answer_household(page, finger)
    late, late_of_all = (quantiles(times, n=20)[-1] for times in (finger.answers, finger.times))
    detail = (
        f"95th percentile of {len(finger.answers)} taps and keys that answer, with {N_MEMBERS} members; "
        f"median {median(finger.answers):.0f} ms, slowest {max(finger.answers):.0f} ms; "
        f"of all {len(finger.times)}, pages turned and members opened too: {late_of_all:.0f} ms"
    )
    print_figure(Figure("answer to its consequences on the screen", 100, late, "ms", detail))
    page.wait_for_timeout(1000)
    kept = page.evaluate(UNTIL_KEPT)
    detail = f"slowest of {len(kept)} answers; median {median(kept):.0f} ms"
    print_figure(Figure("answer to its being kept on the device", 300, round(max(kept)), "ms", detail))
    page.close()


def fill_queue(context: BrowserContext) -> None:
    """Puts finished interviews with pictures on the tablet, as if nothing had ever been sent."""
    page = context.new_page()
    page.set_default_timeout(600_000)
    page.goto("/tablet/")
    enter_tablet(page, PIN)
    page.evaluate(FILL_QUEUE, [N_FINISHED, N_PICTURES, PICTURE_BYTES])
    page.close()
    # A queue grows over days in which the tablet is used: it was open with these interviews before.
    page, _ = start_offline(context)
    page.wait_for_timeout(OPEN_MS)
    page.close()


def main() -> None:
    """Prints a figure per promise."""
    name, content = large_form()
    forms = {"household.md": (ROOT / "questionnaires" / "household.md").read_bytes(), name: content}
    large_id = "va_who_v1_5_2" if LARGE_FORM.exists() else "long"
    with (
        tempfile.TemporaryDirectory() as folder,
        installation(Path(folder) / "server", forms) as installed,
        serving(installed.app) as address,
        sync_playwright() as playwright,
    ):
        n_bytes, n_files = bytes_of_scripts(playwright.chromium, address, installed)
        print_figure(
            Figure("JavaScript received until a form is open", 150, round(n_bytes / 1000, 1), "kB", f"{n_files} files, compressed")
        )
        profile = str(Path(folder) / "browser")
        options = tablet_options(address)
        launch = playwright.chromium.launch_persistent_context
        with closing(launch(profile, executable_path=find_chromium(), args=["--no-sandbox"], **options)) as context:
            context.add_cookies([{"name": "session", "value": installed.cookie, "url": address}])
            install_tablet(context)
            context.set_offline(True)
            empty = cold_starts(context)
            detail = f"{N_HOUSEHOLDS} households, CPU throttled {SLOWER} times, slowest of {N_STARTS}: {max(empty):.0f} ms"
            print_figure(Figure("cold start offline to the list of households", 1.5, round(median(empty) / 1000, 2), "s", detail))
            measure_filling(context, large_id)
            fill_queue(context)
            full = cold_starts(context)
            detail = f"with {N_FINISHED} finished forms and {N_FINISHED * N_PICTURES} pictures; without: {median(empty) / 1000:.2f} s"
            print_figure(Figure("the same with a full queue", 1.5, round(median(full) / 1000, 2), "s", detail))


if __name__ == "__main__":
    main()
