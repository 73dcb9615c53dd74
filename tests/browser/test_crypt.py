"""The tablet's cryptography against the server's, and the pure rules about PINs, each with worked values."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from survey.devices.keys import countersign_proof, make_key_pair, open_sealed, pin_check
from tests.browser.pins import SALT, stretch

PINS = {
    "123456": True,
    "654321": True,
    "567890": True,
    "012345": True,
    "000000": True,
    "121212": True,
    "112112": True,
    "385385": True,
    "112233": True,
    "147258": True,
    "852741": True,
    "270418": False,
    "836152": False,
    "100324": False,
}


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page of the server, from which its scripts can be called."""
    return open_page("lead1", "/")


def run(page: Page, script: str, arg: Any = None) -> Any:
    """What a script gives that works with the modules `crypt` and `pins`, and with `arg`."""
    imports = "const { $device_crypt: crypt, $device_pins: pins } = await import('/static/bundles/lock.js');"
    return page.evaluate(f"async (arg) => {{ {imports} {script} }}", arg)


def test_pin__stretched_on_the_tablet__is_what_the_server_expects(page: Page) -> None:
    stretched = stretch("270418", SALT, 1000)
    xml_sha256 = hashlib.sha256(b"<data/>").hexdigest()
    script = """
        const made = await crypt.stretchPin('270418', Uint8Array.from(arg.salt), 1000);
        const proof = await crypt.countersignProof(made.sign, 'uuid:1', arg.hash, '2018-04-20T08:30:00Z');
        return [crypt.hexOf(made.stretched), crypt.hexOf(made.sign), await crypt.pinCheck(made.sign), proof];
    """
    assert run(page, script, {"salt": list(SALT), "hash": xml_sha256}) == [
        stretched.bytes.hex(),
        stretched.sign.hex(),
        pin_check(stretched.sign),
        countersign_proof(stretched.sign, "uuid:1", xml_sha256, "2018-04-20T08:30:00Z"),
    ]


def test_data_key__sealed_to_a_visit__is_opened_by_the_server_and_opens_what_it_sealed(page: Page) -> None:
    public, private = make_key_pair()
    script = """
        const key = await crypt.makeDataKey();
        const escrow = await crypt.escrowDataKey(key, arg, 'lead1');
        const sealed = await crypt.sealBytes(key, 'cards/lead1/one', new TextEncoder().encode('一张卡'));
        const other = await crypt.openBytes(key, 'cards/lead1/two', sealed).then(() => 'opened', () => 'refused');
        return [escrow, crypt.base64Of(sealed), other];
    """
    encoded = run(page, "return crypt.base64Of(Uint8Array.from(arg));", list(public))
    escrow, sealed, elsewhere = run(page, script, encoded)
    decode = "return [...crypt.bytesOfBase64(arg)];"
    key = open_sealed(private, bytes(run(page, decode, escrow)), "lead1")
    assert key is not None
    assert open_sealed(private, bytes(run(page, decode, escrow)), "second1") is None
    assert elsewhere == "refused"
    opening = """
        const key = await crypt.importDataKey(Uint8Array.from(arg.key));
        const opened = await crypt.openBytes(key, 'cards/lead1/one', crypt.bytesOfBase64(arg.sealed));
        return new TextDecoder().decode(opened);
    """
    assert run(page, opening, {"key": list(key), "sealed": sealed}) == "一张卡"


def test_weak_pins__of_every_kind__are_known(page: Page) -> None:
    script = "return Object.fromEntries(arg.map((pin) => [pin, pins.isWeakPin(pin)]));"
    assert run(page, script, list(PINS)) == PINS


def test_waiting__after_wrong_pins__grows_and_ends(page: Page) -> None:
    script = "return arg.map(([failures, passed]) => pins.secondsToWait({ failures, failed_at: 0 }, passed * 1000));"
    cases = {
        (4, 0): 0,
        (5, 0): 30,
        (5, 29.5): 1,
        (5, 30): 0,
        (6, 0): 60,
        (7, 0): 300,
        (8, 0): 900,
        (9, 0): 3600,
        (40, 3599): 1,
        (40, 3600): 0,
    }
    assert run(page, script, [list(case) for case in cases]) == list(cases.values())
