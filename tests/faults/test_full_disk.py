"""A disk that is full at each write: of intake, of figures and their bundle, of a backup. Refused as long as it lasts, whole afterwards."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from questionnaires.errors import SurveyError
from survey.backup import sealing
from survey.backup.place import open_place
from survey.backup.restoring import check_backup
from survey.bundles.of_visits import BUNDLE, place_of_visit
from survey.config import Settings
from survey.failures import passing_failure
from tests.conftest import opened
from tests.faults.installations import Installation, Tally, leftovers
from tests.faults.test_killed_copying import PASSPHRASE, back_up, quiet
from tests.faults.test_killed_intake import FINAL, Upload, fill, kept_names, send_all
from tests.faults.test_killed_making import VISIT, hash_of, make
from tests.faults.test_killed_making import fill as fill_accepted
from tests.survey.intake.interviews import send

pytestmark = pytest.mark.soak

DISK_MB, PAGE = 40, 4096
N_POINTS = 6

Record = Callable[[str, object], None]


class SmallDisk:
    """A disk of its own, of which a file takes up whatever is not to be free."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._filler = folder, folder / "filler"

    def leave(self, n_bytes: int) -> None:
        """Nothing; so many bytes are free."""
        self.free()
        told = os.statvfs(self.folder)
        with self._filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(PAGE, told.f_bavail * told.f_frsize - n_bytes))

    def free(self) -> None:
        """Nothing; there is room again."""
        self._filler.unlink(missing_ok=True)

    def used(self) -> int:
        """How many bytes are taken."""
        told = os.statvfs(self.folder)
        return (told.f_blocks - told.f_bfree) * told.f_frsize


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A small disk in memory; skips where nobody may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield SmallDisk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def on_disk(one_app: Flask, settings: Settings, disk: SmallDisk, empty_database: Path) -> Iterator[Installation]:
    """An installation whose database and files lie on the small disk."""
    with opened(one_app, settings):
        one_app.extensions["survey.storage"].waits_for_disk = True
        yield Installation(one_app, disk.folder / "copies", empty_database, None)


def try_all(installation: Installation, uploads: list[Upload], told: list[str]) -> int:
    """How many of the uploads were refused for now; the others are told."""
    client, refused = installation.app.test_client(), 0
    for upload in uploads:
        answer = send(client, upload.xml, upload.files, **upload.texts)
        if answer.status_code in FINAL:
            told.append(upload.name)
        else:
            # An edit whose original is not there yet is kept aside until it is.
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30"), (upload.name, answer.text)
            refused += 1
            break
    return refused


def test_intake__disk_full_at_every_page__refuses_for_now_and_keeps_all_later(
    on_disk: Installation, disk: SmallDisk, tally: Tally, record_property: Record
) -> None:
    uploads = on_disk.fill(fill)
    on_disk.renew()
    before = disk.used()
    send_all(on_disk, uploads, lambda _told: None)
    needed, expected = disk.used() - before, on_disk.state()
    for number in range(N_POINTS):
        disk.free()
        on_disk.renew()
        disk.leave(number * needed // N_POINTS // PAGE * PAGE)
        acknowledged: list[str] = []
        tally.killed += try_all(on_disk, uploads, acknowledged)
        on_disk.close()
        disk.free()
        tally.miss(acknowledged, kept_names(on_disk, uploads))
        send_all(on_disk, uploads, lambda _told: None)
        tally.compare(expected, on_disk.state())
    tally.record(record_property)


def failed(do: Callable[[], Any]) -> bool:
    """Whether this failed in a way that passes, or in words of ours; any other failure is raised."""
    try:
        do()
    except SurveyError:
        return True
    except Exception as error:
        if passing_failure(error) is None:
            raise
        return True
    return False


def test_figures__disk_full_at_every_page__are_the_old_ones_and_the_new_ones_later(
    on_disk: Installation, disk: SmallDisk, tally: Tally, record_property: Record
) -> None:
    on_disk.fill(fill_accepted)
    on_disk.renew()
    before = disk.used()
    make(on_disk)
    needed = disk.used() - before
    folder = place_of_visit(on_disk.settings.figures_path, VISIT)
    expected, before_fault = hash_of(folder), set(on_disk.state().problems)
    for number in range(N_POINTS):
        disk.free()
        on_disk.renew()
        folder = place_of_visit(on_disk.settings.figures_path, VISIT)
        disk.leave(number * needed // N_POINTS // PAGE * PAGE)
        tally.killed += failed(lambda: make(on_disk))
        disk.free()
        on_disk.close()
        tally.altered += len(set(on_disk.state().problems) - before_fault) + (hash_of(folder) not in ("", expected))
        make(on_disk)
        tally.tried += 1
        tally.altered += hash_of(folder) != expected
        tally.doubled += len(leftovers(folder, f".{BUNDLE}.*"))
    tally.record(record_property)


def test_backup__disk_full_at_every_page__is_none_and_a_whole_one_later(
    installation: Installation, disk: SmallDisk, tally: Tally, record_property: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "SCRYPT_COST", 2**10)
    installation.fill(fill)
    installation.renew()
    place = disk.folder / "place0"
    before = disk.used()
    back_up(installation, place)
    needed = disk.used() - before
    for number in range(1, N_POINTS + 1):
        place = disk.folder / f"place{number}"
        disk.leave((number - 1) * needed // N_POINTS // PAGE * PAGE)
        tally.killed += failed(lambda place=place: back_up(installation, place))
        disk.free()
        name = back_up(installation, place)
        again = open_place(str(place), PASSPHRASE, may_begin=False)
        assert check_backup(again, name, quiet, quiet).tables
        tally.tried += 1
    installation.close()
    tally.record(record_property)
