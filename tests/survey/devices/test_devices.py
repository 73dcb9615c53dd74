"""Tablets, PINs and keys on the server, and the coordinator's pages about them."""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import ApiToken, User
from survey.db import utc_now
from survey.devices.keys import countersign_proof, pin_check
from survey.devices.models import Device, DeviceUse, PersonPin, PinReset, VisitKey
from survey.devices.operations import ensure_visit_keys, register_pin
from survey.devices.queries import find_signer, is_proven, people_of_visits, try_escrow, visit_public_keys
from survey.events import Event
from survey.visits.operations import remove_visit
from tests.builders import NOW, PASSWORD, add_pair, add_visit, find_or_add_person
from tests.conftest import SignIn

TABLET = "tablet-0001"
SALT, SIGN, OTHER_SIGN = bytes(range(16)), bytes(range(32)), bytes(range(1, 33))


def sealed_to(public_key: bytes, content: bytes, username: str = "lead1") -> bytes:
    """The content as a tablet's WebCrypto seals it for a person to a visit's key."""
    key = serialization.load_der_public_key(public_key)
    return key.encrypt(content, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), username.encode()))


def pin_facts(sign: bytes = SIGN, **more: str) -> dict[str, Any]:
    """What a tablet tells of a PIN."""
    return {"sign": sign.hex(), "salt": base64.b64encode(SALT).decode(), "rounds": 1000, **more}


def actions(session: Session) -> list[str]:
    """What was logged, in order."""
    return list(session.scalars(select(Event.action).order_by(Event.number)))


def register(client: FlaskClient, device_id: str = TABLET, **facts: Any) -> Any:
    """The answer to a tablet that makes itself known."""
    return client.post("/tablet/devices", json={"device_id": device_id, "name": "平板 3", **facts})


def person(session: Session, username: str) -> User:
    """The person of this user name."""
    return session.scalars(select(User).where(User.username == username)).one()


def test_register__again_with_other_counts__is_one_tablet_one_event_and_the_last_word(sign_in: SignIn, session: Session) -> None:
    client = sign_in("lead1")
    assert register(client).json == {"device_id": TABLET, "name": "平板 3"}
    assert register(client, waiting={"n_drafts": 2, "n_unsent": 5}).status_code == 200
    register(sign_in("second1"))
    uses = {use.user.username: (use.n_drafts, use.n_unsent) for use in session.scalars(select(DeviceUse))}
    assert uses == {"lead1": (2, 5), "second1": (0, 0)}
    assert session.scalar(select(func.count()).select_from(Device)) == 1
    assert actions(session).count("device.registered") == 2


@pytest.mark.parametrize("facts", [{"device_id": "a b"}, {"device_id": 5}, {"waiting": {"n_drafts": -1}}, {"waiting": {"n_unsent": "3"}}])
def test_register__facts_that_make_no_sense__are_refused(sign_in: SignIn, facts: dict[str, Any]) -> None:
    response = sign_in("lead1").post("/tablet/devices", json={"device_id": TABLET, "name": "", **facts})
    assert response.status_code == 422


def test_register__person_of_an_open_visit__makes_its_key_once(app: Flask, sign_in: SignIn, session: Session) -> None:
    visit, other = add_visit(session), add_visit(session, "2018-04-other")
    add_pair(session, visit)
    register(sign_in("lead1"))
    register(sign_in("second1"))
    assert list(session.scalars(select(VisitKey.visit_id))) == [visit.id]
    assert actions(session).count("visit.key_made") == 1
    public = visit_public_keys(session, [visit.id, other.id])
    assert set(public) == {visit.id}
    with app.app_context():
        assert try_escrow(session, visit.id, "lead1", sealed_to(public[visit.id], SIGN)) == SIGN
        assert try_escrow(session, visit.id, "second1", sealed_to(public[visit.id], SIGN)) is None
        assert try_escrow(session, visit.id, "lead1", b"x" * 384) is None


def test_keys__in_the_database__are_of_no_use_without_the_secret_key(app: Flask, session: Session, sign_in: SignIn) -> None:
    add_pair(session, add_visit(session))
    client = sign_in("lead1")
    register(client)
    assert client.post("/tablet/pin", json=pin_facts()).json == {"outcome": "registered"}
    key = session.scalars(select(VisitKey.private_key)).one()
    with pytest.raises(ValueError, match=r"."):
        serialization.load_der_private_key(key, password=None)
    assert SIGN not in session.scalars(select(PersonPin.sign_key)).one()
    app.extensions["survey.settings"] = type(app.extensions["survey.settings"])(secret_key="another-key-of-this-test-0123456789-abc")
    with app.app_context(), pytest.raises(SurveyError) as caught:
        try_escrow(session, "2018-04-test", "lead1", b"x")
    assert caught.value.code is ErrorCode.INVALID_SETTING


def test_remove_visit__with_a_key__takes_the_key_along(app: Flask, session: Session) -> None:
    visit = add_visit(session)
    pair = add_pair(session, visit)
    with app.app_context():
        ensure_visit_keys(session, find_or_add_person(session, "lead1"), NOW)
        visit.state = "planned"
        session.delete(pair)
        remove_visit(session, None, visit, NOW)
    assert session.scalar(select(func.count()).select_from(VisitKey)) == 0


def test_session__before_and_after_the_pin_is_chosen__tells_how_to_stretch_it(sign_in: SignIn) -> None:
    client = sign_in("lead1")
    facts = client.get("/tablet/session.json").json
    assert (facts["pin"]["is_set"], facts["pin"]["rounds"], facts["lock_minutes"]) == (False, 600_000, 10)
    assert len(base64.b64decode(facts["pin"]["salt"])) == 16
    client.post("/tablet/pin", json=pin_facts())
    assert client.get("/tablet/session.json").json["pin"] == {"is_set": True, "rounds": 1000, "salt": base64.b64encode(SALT).decode()}


def test_pin__second_tablet__must_bring_the_same_one(sign_in: SignIn, session: Session) -> None:
    client = sign_in("lead1")
    assert client.post("/tablet/pin", json=pin_facts()).json == {"outcome": "registered"}
    assert client.post("/tablet/pin", json=pin_facts()).json == {"outcome": "matches"}
    refused = client.post("/tablet/pin", json=pin_facts(OTHER_SIGN))
    assert (refused.status_code, session.scalars(select(PersonPin.n_wrong)).one()) == (403, 1)
    assert client.post("/tablet/pin", json=pin_facts()).status_code == 200
    assert session.scalars(select(PersonPin.n_wrong)).one() == 0


def test_pin__ten_wrong_ones__pause_even_the_right_one_for_a_while(app: Flask, session: Session) -> None:
    lead = find_or_add_person(session, "lead1")
    values = {"salt": SALT, "rounds": 1000}
    with app.app_context():
        register_pin(session, lead, sign_key=SIGN, now=NOW, **values)
        outcomes = {register_pin(session, lead, sign_key=OTHER_SIGN, now=NOW, **values) for _time in range(10)}
        assert outcomes == {"differs"}
        assert register_pin(session, lead, sign_key=SIGN, now=NOW + timedelta(minutes=14), **values) == "paused"
        assert register_pin(session, lead, sign_key=SIGN, now=NOW + timedelta(minutes=16), **values) == "matches"


def test_pin__changed_with_the_old_one__is_the_new_one(sign_in: SignIn) -> None:
    client = sign_in("lead1")
    client.post("/tablet/pin", json=pin_facts())
    assert client.post("/tablet/pin", json=pin_facts(OTHER_SIGN, old_sign=OTHER_SIGN.hex())).status_code == 403
    assert client.post("/tablet/pin", json=pin_facts(OTHER_SIGN, old_sign=SIGN.hex())).json == {"outcome": "registered"}
    assert client.post("/tablet/pin", json=pin_facts(OTHER_SIGN)).json == {"outcome": "matches"}


@pytest.mark.parametrize("facts", [{"sign": "zz"}, {"sign": "00"}, {"salt": "?"}, {"rounds": 0}, {"rounds": "1000"}])
def test_pin__of_the_wrong_shape__is_refused(sign_in: SignIn, facts: dict[str, Any]) -> None:
    assert sign_in("lead1").post("/tablet/pin", json={**pin_facts(), **facts}).status_code == 422


def test_recovery__only_once_allowed__gives_the_key_back_and_takes_a_new_pin(sign_in: SignIn, session: Session) -> None:
    visit = add_visit(session)
    add_pair(session, visit)
    client = sign_in("lead1")
    register(client)
    client.post("/tablet/pin", json=pin_facts())
    sealed = base64.b64encode(sealed_to(visit_public_keys(session, [visit.id])[visit.id], b"k" * 32)).decode()
    escrow = {"escrow": [{"visit_id": "2017-gone", "sealed": sealed}, {"visit_id": visit.id, "sealed": sealed}]}
    assert client.post("/tablet/recovery", json=escrow).status_code == 403
    for told in ("密", "no base64"):
        assert client.post("/tablet/recovery", json={"escrow": [{"visit_id": visit.id, "sealed": told}]}).status_code == 422
    lead_id = person(session, "lead1").id
    office = sign_in("coordinator")
    assert office.post(f"/tablets/pins/{lead_id}", data={"reason": " "}).status_code == 422
    assert office.post(f"/tablets/pins/{lead_id}", data={"reason": "当面确认"}).status_code == 302
    client = sign_in("lead1")
    public = visit_public_keys(session, [visit.id])[visit.id]
    others = base64.b64encode(sealed_to(public, b"k" * 32, "second1")).decode()
    refused = client.post("/tablet/recovery", json={"escrow": [{"visit_id": visit.id, "sealed": others}]})
    assert refused.status_code == 422, "what is another person's on the same tablet stays theirs"
    assert base64.b64decode(client.post("/tablet/recovery", json=escrow).json["key"]) == b"k" * 32
    assert client.post("/tablet/pin", json=pin_facts(OTHER_SIGN)).json == {"outcome": "registered"}
    assert client.post("/tablet/pin", json=pin_facts(SIGN)).status_code == 403, "a new PIN may be chosen once"
    assert client.post("/tablet/recovery", json=escrow).status_code == 200, "on the person's other tablets too, for the time allowed"
    logged = actions(session)
    assert logged[-5:] == ["pin.reset_allowed", "pin.key_recovered", "pin.replaced", "pin.refused", "pin.key_recovered"]
    assert session.scalars(select(PinReset.used_at)).one() is not None


def test_reset__taken_back_or_expired__helps_nobody(sign_in: SignIn, session: Session) -> None:
    client = sign_in("lead1")
    client.post("/tablet/pin", json=pin_facts())
    lead_id = person(session, "lead1").id
    office = sign_in("coordinator")
    office.post(f"/tablets/pins/{lead_id}", data={"reason": "忘记了"})
    assert office.post(f"/tablets/pins/{lead_id}/withdraw").status_code == 302
    assert office.post(f"/tablets/pins/{lead_id}/withdraw").status_code == 404
    assert sign_in("lead1").post("/tablet/pin", json=pin_facts(OTHER_SIGN)).status_code == 403
    reset = session.scalars(select(PinReset)).one()
    assert reset.expires_at <= utc_now()


def test_revoked_tablet__whatever_it_asks_and_whoever_is_signed_in__is_told_to_wipe_itself(sign_in: SignIn, session: Session) -> None:
    register(sign_in("lead1"), waiting={"n_drafts": 1, "n_unsent": 4})
    office = sign_in("coordinator")
    asked = office.get(f"/tablets/{TABLET}/revoke", headers={"Accept-Language": "en"}).text
    assert "lead1" in asked
    assert office.post(f"/tablets/{TABLET}/revoke", data={"reason": ""}).status_code == 422
    assert office.post(f"/tablets/{TABLET}/revoke", data={"reason": "遗失"}).status_code == 302
    assert office.post(f"/tablets/{TABLET}/revoke", data={"reason": "遗失"}).status_code == 409
    client = sign_in("lead1")
    header = {"X-Device-Id": TABLET}
    refused = client.get("/tablet/session.json", headers=header)
    assert (refused.status_code, refused.json["error"]["code"]) == (410, "DEVICE_REVOKED")
    assert client.post("/openrosa/submission", headers={**header, "Accept": "application/json"}).status_code == 410
    assert register(client).status_code == 410
    assert client.get("/tablet/session.json", headers={"X-Device-Id": "another-tablet"}).status_code == 200
    with client.session_transaction() as cookie:
        cookie.clear()
    assert client.get("/tablet/session.json", headers=header).status_code == 410
    assert "device.revoked" in actions(session)


@pytest.mark.parametrize("username", ["lead1", "author", "county"])
def test_pages_of_tablets__for_others__are_closed(sign_in: SignIn, username: str) -> None:
    client = sign_in(username)
    assert client.get("/tablets").status_code == 403
    assert client.post(f"/tablets/{TABLET}/revoke").status_code == 403
    assert client.post("/tablets/pins/x", data={"reason": "x"}).status_code == 403


def test_page_of_tablets__lists_people_work_and_pins(sign_in: SignIn, session: Session) -> None:
    client = sign_in("lead1")
    register(client, waiting={"n_drafts": 2, "n_unsent": 7})
    client.post("/tablet/pin", json=pin_facts())
    office = sign_in("coordinator")
    office.post("/language/en")
    page = office.get("/tablets").text
    for text in ("平板 3", "lead1", "7 interviews", "2 drafts", "Allow a new PIN", "Revoke"):
        assert text in page, text


def test_people_of_visits__with_and_without_pin__come_with_what_checks_it(app: Flask, session: Session, statements: Any) -> None:
    visit = add_visit(session)
    add_pair(session, visit)
    add_pair(session, visit, "第二组", lead="lead1", second="third")
    with app.app_context():
        register_pin(session, person(session, "second1"), sign_key=SIGN, salt=SALT, rounds=1000, now=NOW)
    statements.reset()
    people = people_of_visits(session, [visit.id])[visit.id]
    assert [(each.username, each.pin is not None) for each in people] == [("lead1", False), ("second1", True), ("third", False)]
    assert people[1].pin
    assert people[1].pin.check == int.from_bytes(hashlib.sha256(b"check" + SIGN).digest()) >> 246
    assert len(statements) == 2


def test_is_proven__only_with_the_registered_key_and_the_same_message(app: Flask, session: Session) -> None:
    second = find_or_add_person(session, "second1")
    message = {"instance_id": "uuid:1", "xml_sha256": "ab" * 32, "signed_at": "2018-04-20T08:30:00.000Z"}
    text = f"countersign 1\nuuid:1\n{'ab' * 32}\n2018-04-20T08:30:00.000Z".encode()
    proof = hmac.new(SIGN, text, hashlib.sha256).hexdigest()
    with app.app_context():
        assert find_signer(session, "nobody") == (None, None)
        assert find_signer(session, "second1") == (second.id, None), "without a PIN there is no key"
        register_pin(session, second, sign_key=SIGN, salt=SALT, rounds=1000, now=NOW)
        signer_id, key = find_signer(session, "second1")
        assert signer_id == second.id
        assert key
        assert is_proven(key, proof=proof, **message)
        assert not is_proven(key, proof=proof, **{**message, "instance_id": "uuid:2"})
        assert not is_proven(key, proof=countersign_proof(OTHER_SIGN, *message.values()), **message)
    assert pin_check(SIGN) < 1024


def test_key__of_a_registered_tablet__sends_without_a_sign_in_and_opens_nothing_else(app: Flask, sign_in: SignIn, session: Session) -> None:
    client = sign_in("lead1")
    assert "key" not in register(client).get_json()
    told = register(client, has_key=False).get_json()
    assert "key" not in register(client, has_key=True).get_json(), "it has one"
    by_key = {"Authorization": f"Bearer {told['key']}", "Accept": "application/json"}
    tablet = app.test_client()
    assert tablet.get("/tablet/session.json", headers=by_key).get_json()["username"] == "lead1"
    assert tablet.get("/tablet/session.json", headers=by_key | {"Authorization": "Bearer sst_wrong"}).status_code == 401
    # What sends is reached: these are refused for what they say, not for who sends them.
    for address in ("/tablet/outcomes", "/tablet/look-back"):
        assert tablet.post(address, json={}, headers=by_key).status_code == 422, address
        assert tablet.post(address, json={}).status_code == 401, address
    assert tablet.post("/tablet/look-back/v/i/h/pictures/0", data=b"none", headers=by_key).status_code == 422
    assert tablet.head("/openrosa/submission", headers=by_key).status_code == 204
    assert tablet.get("/tablet/receipts/uuid:none.json", headers=by_key).status_code == 404
    for address in ("/tablet/package.json", "/tablet/look-back.json", "/tablet/", "/visits", "/account/security", "/api/v1"):
        assert tablet.get(address, headers=by_key).status_code in (401, 403), address
    assert register(tablet).status_code == 401
    by_password = {"Authorization": "Basic " + base64.b64encode(f"lead1:{PASSWORD}".encode()).decode()}
    assert tablet.head("/openrosa/submission", headers=by_password).status_code == 204
    assert tablet.get("/tablet/session.json", headers=by_password | {"Accept": "application/json"}).status_code == 401
    kept = session.scalars(select(ApiToken).where(ApiToken.revoked_at.is_(None))).one()
    assert timedelta(days=360) < kept.expires_at - utc_now() < timedelta(days=370)
    kept.expires_at = utc_now() + timedelta(days=150)
    session.commit()
    newer = register(client, has_key=True).get_json()
    assert tablet.get("/tablet/session.json", headers=by_key).status_code == 401, "there is one key of a person on a tablet"
    by_key["Authorization"] = f"Bearer {newer['key']}"
    assert tablet.get("/tablet/session.json", headers=by_key).status_code == 200
    kept = session.scalars(select(ApiToken).where(ApiToken.revoked_at.is_(None))).one()
    assert (kept.device_id, kept.scope, newer["key"] in kept.sha256) == (TABLET, "submit", False)


def test_key__of_a_tablet_that_is_revoked_or_whose_person_is_shut_out__sends_nothing(app: Flask, sign_in: SignIn, session: Session) -> None:
    keys = {name: register(sign_in(name), has_key=False).get_json()["key"] for name in ("lead1", "lead2")}
    tablet = app.test_client()

    def status(name: str) -> int:
        return tablet.head("/openrosa/submission", headers={"Authorization": f"Bearer {keys[name]}"}).status_code

    assert (status("lead1"), status("lead2")) == (204, 204)
    person(session, "lead1").active = False
    session.commit()
    assert (status("lead1"), status("lead2")) == (401, 204)
    sign_in("coordinator").post(f"/tablets/{TABLET}/revoke", data={"reason": "丢失"})
    assert status("lead2") == 401, "also for who leaves out which tablet it is"
    assert actions(session).count("token.revoked") == 2


def test_change__by_a_signed_in_browser__needs_the_token_of_its_page_where_a_key_would_do(app: Flask, sign_in: SignIn) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = sign_in("lead1")
    for address in ("/tablet/outcomes", "/tablet/look-back", "/tablet/look-back/v/i/h/pictures/0"):
        assert client.post(address, json={}).status_code == 400, address
    token = client.get("/tablet/session.json").get_json()["csrf_token"]
    assert client.post("/tablet/outcomes", json={}, headers={"X-CSRFToken": token}).status_code == 422
