"""The hotspot: a certificate authority of our own that tablets trust once, whatever network the laptop is carried into."""

import http.client
import plistlib
import socket
import ssl
import stat
import threading
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from flask import Flask, request

from questionnaires.errors import ErrorCode, SurveyError
from survey.server import address_lines, hotspot_lines
from survey.serving.addresses import MachineNames, choose_name, host_names, lan_addresses, machine_names
from survey.serving.authority import MOST_NAMES, Authority, certify, open_authority
from survey.serving.hotspot import Hotspot, prepare_hotspot
from survey.serving.tls import TlsFront, tls_context
from survey.serving.trust import configuration_profile, create_trust_app, guess_device
from tests.conftest import PATIENCE_SECONDS
from tests.survey.hotspots import running

NOW = datetime(2018, 4, 20, 8, 30, tzinfo=UTC)
HERE = MachineNames(("laptop.local", "laptop", "localhost"), ("192.168.137.1", "127.0.0.1", "::1"))


def certificate_of(authority: Authority) -> x509.Certificate:
    """The certificate that this machine presents."""
    return x509.load_pem_x509_certificate(authority.certificate_path.read_bytes())


def names_in(certificate: x509.Certificate) -> set[str]:
    """The names and addresses that a certificate vouches for."""
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {*held.get_values_for_type(x509.DNSName), *(str(each) for each in held.get_values_for_type(x509.IPAddress))}


def test_authority__made_once__can_sign_servers_of_local_networks_and_nothing_else(tmp_path: Path) -> None:
    authority = open_authority(tmp_path, HERE.all, NOW)
    assert stat.S_IMODE((tmp_path / "root.key").stat().st_mode) == 0o600
    root = authority.root
    basic = root.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    usage = root.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.digital_signature, usage.key_agreement) == (True, False, False)
    assert timedelta(days=3650) < root.not_valid_after_utc - NOW < timedelta(days=3655)
    certifiable = ("laptop", "laptop.local", "other.lan", "10.42.0.1", "192.168.1.7", "fd00::7")
    assert all(authority.may_certify(name) for name in certifiable)
    assert not any(authority.may_certify(name) for name in ("bank.example.com", "8.8.8.8", "notlaptop.com", "2001:4860::1"))
    assert authority.fingerprint.replace(" ", "") == sha256(authority.root_der).hexdigest().upper()
    assert open_authority(tmp_path, (), NOW + timedelta(days=1)).root == root


def test_certificate__other_networks_and_years__is_renewed_under_the_same_root(tmp_path: Path) -> None:
    authority = open_authority(tmp_path, HERE.all, NOW)
    assert certify(authority, HERE.all, NOW)
    assert tls_context(authority).minimum_version is ssl.TLSVersion.TLSv1_2
    offered = tls_context(authority).get_ciphers()
    assert all(each["aead"] and each["kea"] in ("kx-ecdhe", "kx-any") for each in offered), offered
    first = certificate_of(authority)
    assert names_in(first) == set(HERE.all)
    assert first.not_valid_after_utc - first.not_valid_before_utc <= timedelta(days=397)
    assert stat.S_IMODE(authority.key_path.stat().st_mode) == 0o600
    assert not certify(authority, HERE.all, NOW + timedelta(days=30))
    assert certify(authority, ("10.42.0.1", "8.8.8.8"), NOW)
    assert names_in(certificate_of(authority)) == {*HERE.all, "10.42.0.1"}
    assert not certify(authority, HERE.all, NOW)
    assert certify(authority, HERE.all, NOW + timedelta(days=360))
    assert names_in(certificate_of(authority)) == set(HERE.all)
    certificate_of(authority).verify_directly_issued_by(authority.root)
    many = [f"10.0.0.{number}" for number in range(1, 60)]
    assert certify(authority, many, NOW)
    assert len(names_in(certificate_of(authority))) == MOST_NAMES


def test_certificate__killed_while_writing__is_made_again(tmp_path: Path) -> None:
    authority = open_authority(tmp_path, HERE.all, NOW)
    certify(authority, HERE.all, NOW)
    authority.certificate_path.write_bytes(b"")
    assert certify(authority, HERE.all, NOW)
    authority.key_path.unlink()
    assert certify(authority, HERE.all, NOW)
    assert not certify(authority, HERE.all, NOW)


@pytest.mark.parametrize("name", ["root.crt", "root.key"])
def test_authority__damaged_or_expired__says_which_file_and_what_to_do(tmp_path: Path, name: str) -> None:
    authority = open_authority(tmp_path, HERE.all, NOW)
    with pytest.raises(SurveyError, match=r"root\.crt cannot be used: it ends on 2028-") as caught:
        open_authority(tmp_path, HERE.all, NOW + timedelta(days=3640))
    assert caught.value.code is ErrorCode.CERTIFICATE_UNUSABLE
    (tmp_path / name).write_bytes(b"rubbish")
    with pytest.raises(SurveyError, match=rf"{name} cannot be used: it is missing or damaged"):
        certify(open_authority(tmp_path, HERE.all, NOW), HERE.all, NOW) if name == "root.key" else open_authority(tmp_path, (), NOW)
    assert authority.root.subject


def test_addresses__of_a_laptop__come_as_tablets_can_use_them() -> None:
    found = ["127.0.0.1", "fe80::1%eth0", "169.254.3.4", "203.0.113.5", "fd00::2", "192.168.1.20", "192.168.137.1"]
    assert lan_addresses(found)[:2] == ("192.168.137.1", "192.168.1.20")
    assert "169.254.3.4" not in lan_addresses(found)
    assert lan_addresses(found)[-2:] == ("127.0.0.1", "::1")
    assert host_names("Laptop-7.corp") == ("laptop-7.local", "laptop-7.corp", "localhost")
    assert host_names("测试机") == ("localhost",)
    assert "localhost" in machine_names().names


def test_name__given_to_tablets__stays_while_the_machine_has_it(tmp_path: Path) -> None:
    memory = tmp_path / "https" / "address"
    assert choose_name("", HERE, memory).name == "192.168.137.1"
    elsewhere = MachineNames(HERE.names, ("10.42.0.1", "192.168.137.1", "127.0.0.1"))
    assert choose_name("", elsewhere, memory).name == "192.168.137.1"
    moved = choose_name("", MachineNames(HERE.names, ("10.42.0.1", "127.0.0.1")), memory)
    assert (moved.name, moved.former) == ("10.42.0.1", "192.168.137.1")
    assert choose_name("Laptop.local", HERE, memory).name == "laptop.local"
    with pytest.raises(SurveyError, match=r"not reached as 10\.9\.9\.9, but as 192\.168\.137\.1, laptop\.local"):
        choose_name("10.9.9.9", HERE, memory)


def trusting(authority: Authority) -> ssl.SSLContext:
    """What a client has that trusts our root and nothing else."""
    return ssl.create_default_context(cadata=authority.root_pem.decode())


def get(hotspot: Hotspot, path: str) -> tuple[int, dict[str, str], bytes]:
    """The answer over TLS to a client that trusts only our root, and whose address is 127.0.0.2."""
    address = hotspot.app_address.removeprefix("https://")
    connection = http.client.HTTPSConnection(
        address, timeout=PATIENCE_SECONDS, context=trusting(hotspot.authority), source_address=("127.0.0.2", 0)
    )
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def test_tls__client_that_trusts_only_our_root__is_answered_whatever_others_do(https_app: Flask, tmp_path: Path) -> None:
    https_app.add_url_rule("/seen", "seen", lambda: f"{request.scheme} {request.remote_addr}")
    with running(https_app, tmp_path / "https", []) as hotspot:
        status, headers, body = get(hotspot, "/healthz")
        assert (status, b"ok" in body) == (200, True)
        assert "strict-transport-security" not in headers
        assert get(hotspot, "/seen")[2] == b"https 127.0.0.2"
        assert "secure" in get(hotspot, "/sign-in")[1]["set-cookie"].lower()
        address = ("127.0.0.1", int(hotspot.app_address.rsplit(":", 1)[1]))
        with socket.create_connection(address), socket.create_connection(address) as plain:
            plain.sendall(b"GET / HTTP/1.0\r\n\r\n")  # no TLS; and the other says nothing at all
            assert get(hotspot, "/healthz")[0] == 200
        with socket.create_connection(address, timeout=PATIENCE_SECONDS) as raw, pytest.raises(ssl.SSLCertVerificationError):
            ssl.create_default_context().wrap_socket(raw, server_hostname="127.0.0.1")


def test_tls__stopped_during_a_request__sends_its_answer_whole(https_app: Flask, tmp_path: Path) -> None:
    asked = threading.Event()
    https_app.add_url_rule("/slow", "slow", lambda: asked.set() or time.sleep(0.5) or "done" * 100_000)
    answers: list[bytes] = []
    with running(https_app, tmp_path / "https", []) as hotspot:
        asking = threading.Thread(target=lambda: answers.append(get(hotspot, "/slow")[2]))
        asking.start()
        assert asked.wait(PATIENCE_SECONDS)
    asking.join()
    assert [len(answer) for answer in answers] == [400_000]


def test_tls__certificate_renewed_while_running__new_connections_get_it_and_trust_goes_on(tmp_path: Path) -> None:
    authority = open_authority(tmp_path, ("127.0.0.1",), datetime.now(UTC))
    certify(authority, ("127.0.0.1",), datetime.now(UTC))
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_server(("127.0.0.1", 0)) as inner:
        front = TlsFront(listener, tls_context(authority), inner.getsockname()[1])
        front.start()
        presented = []
        for names in ((), ("127.0.0.1", "10.42.0.1")):
            if certify(authority, names, datetime.now(UTC)):
                front.renew(authority)
            raw = socket.create_connection(listener.getsockname(), timeout=PATIENCE_SECONDS)
            with trusting(authority).wrap_socket(raw, server_hostname="127.0.0.1") as secure:
                presented.append(names_in(x509.load_der_x509_certificate(secure.getpeercert(binary_form=True) or b"")))
        front.stop()
    assert presented == [{"127.0.0.1"}, {"127.0.0.1", "10.42.0.1"}]


def test_trust_page__for_each_device__hands_out_the_root_and_shows_its_fingerprint(tmp_path: Path) -> None:
    authority = open_authority(tmp_path, HERE.all, NOW)
    client = create_trust_app(authority, "https://192.168.137.1:5443").test_client()
    page = client.get("/", headers={"User-Agent": "Mozilla/5.0 (iPad; CPU OS 17_0)"})
    assert "设置平板" in page.text or "平板" in page.text
    assert all(f"<span>{group}</span>" in page.text for group in authority.fingerprint.split(" "))
    assert "connect-src https://192.168.137.1:5443" in page.headers["Content-Security-Policy"]
    assert "Set up this tablet" in client.get("/?lang=en").text
    certificate = client.get("/supervision-survey-root.crt")
    assert certificate.mimetype == "application/x-x509-ca-cert"
    assert x509.load_der_x509_certificate(certificate.data) == authority.root
    profile = client.get("/supervision-survey.mobileconfig")
    assert profile.mimetype == "application/x-apple-aspen-config"
    (payload,) = plistlib.loads(profile.data)["PayloadContent"]
    assert payload["PayloadType"] == "com.apple.security.root"
    assert payload["PayloadContent"] == authority.root.public_bytes(serialization.Encoding.DER)
    assert configuration_profile(authority) == profile.data
    assert client.get("/tablet/").headers["Location"] == "/"
    agents = {"HarmonyOS; HUAWEI": "harmony", "Macintosh": "apple", "Windows NT 10.0": "windows", "Linux; Android 14": "android"}
    assert {agent: guess_device(agent) for agent in agents} == agents


def test_terminal__plain_or_encrypted__says_what_tablets_need(tmp_path: Path) -> None:
    plain = address_lines("http://192.168.1.5:5000", is_local=False, is_encrypted=False)
    assert "Not encrypted" in plain
    assert "serve --https" in plain
    assert "Not encrypted" not in address_lines("https://survey.example.org", is_local=False, is_encrypted=True)
    hotspot = prepare_hotspot(tmp_path, "", (5443, 5080), HERE)
    lines = hotspot_lines(hotspot)
    groups = hotspot.authority.fingerprint.split(" ")
    assert " ".join(groups[:8]) in lines
    assert " ".join(groups[8:]) in lines
    assert "http://192.168.137.1:5080" in lines
    assert "Attention" not in lines
    moved = prepare_hotspot(tmp_path, "", (5443, 5080), MachineNames(("laptop.local",), ("10.42.0.1",)))
    assert "set up under 192.168.137.1" in hotspot_lines(moved)
    assert moved.authority.root == hotspot.authority.root
    with pytest.raises(SurveyError, match="made for other networks"):
        prepare_hotspot(tmp_path, "8.8.8.8", (5443, 5080), MachineNames((), ("8.8.8.8",)))
