"""The certificate authority of one installation: a root that tablets trust once, and the certificate of this machine that it signs.

The root is made once and kept; whoever holds its key could pose as any site to the tablets that trust it. So its key stays in a file
that only its owner can read, the root may sign nothing but certificates of servers, and only for names of local networks.
Sources: RFC 5280; Apple, "Requirements for trusted certificates" (825 days at most for a server, here 397 as for public ones).
"""

import hashlib
import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from questionnaires.errors import ErrorCode, SurveyError

MOST_NAMES = 40
ROOT_LIFE = timedelta(days=3652)
SERVER_LIFE = timedelta(days=397)
RENEWED_BEFORE = timedelta(days=60)
CLOCKS_MAY_DIFFER = timedelta(days=2)
"""Certificates begin this much in the past, because the clock of a tablet may be wrong."""
ORGANISATION = "Supervision Survey 监督调研"
SERVER_NAME = "Server of Supervision Survey"
"""No host name: OpenSSL would hold one against the root's limits where a certificate vouches for addresses only."""
LOCAL_DOMAINS = ("localhost", "local", "lan", "internal", "home.arpa")
LOCAL_NETWORKS = tuple(
    map(
        ipaddress.ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "169.254.0.0/16",
            "127.0.0.0/8",
            "fc00::/7",
            "fe80::/10",
            "::1/128",
        ),
    )
)
"""What a root may ever vouch for, beside what its machine was called when the root was made (RFC 5280, section 4.2.1.10)."""


@dataclass(frozen=True, slots=True)
class Authority:
    """The root of an installation, and where its files lie."""

    folder: Path
    root: x509.Certificate

    @property
    def root_pem(self) -> bytes:
        """The root as text, which most programs import."""
        return self.root.public_bytes(serialization.Encoding.PEM)

    @property
    def root_der(self) -> bytes:
        """The root as bytes, which Android, iOS and Windows take."""
        return self.root.public_bytes(serialization.Encoding.DER)

    @property
    def name(self) -> str:
        """What devices call the root in their lists."""
        return str(self.root.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the root in groups of four capitals, as the page and the terminal show it for comparison."""
        digits = hashlib.sha256(self.root_der).hexdigest().upper()
        return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))

    def may_certify(self, name: str) -> bool:
        """Whether the root was made for names like this one; a browser would refuse any other."""
        permitted = self.root.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
        wanted = _general_name(name)
        if isinstance(wanted, x509.IPAddress):
            networks = (each.value for each in permitted if isinstance(each, x509.IPAddress))
            return any(isinstance(each, IPv4Network | IPv6Network) and wanted.value in each for each in networks)
        return any(isinstance(each, x509.DNSName) and f".{name}".endswith(f".{each.value}") for each in permitted)

    @property
    def certificate_path(self) -> Path:
        """The file with the certificate of this machine and the root after it."""
        return self.folder / "server.crt"

    @property
    def key_path(self) -> Path:
        """The file with the key of this machine's certificate."""
        return self.folder / "server.key"


def open_authority(folder: Path, names: Sequence[str], now: datetime) -> Authority:
    """The authority kept in `folder`; made there at the first call, for local networks and the present `names` of this machine.

    Raises CERTIFICATE_UNUSABLE for damaged or expired files.
    """
    root_path, key_path = folder / "root.crt", folder / "root.key"
    if not root_path.exists() and not key_path.exists():
        _make_root(root_path, key_path, names, now)
    try:
        root = x509.load_pem_x509_certificate(root_path.read_bytes())
    except (OSError, ValueError) as error:
        raise SurveyError(ErrorCode.CERTIFICATE_UNUSABLE, place=root_path, detail="it is missing or damaged") from error
    if root.not_valid_after_utc - RENEWED_BEFORE < now:
        detail = "it ends on {not_valid_after_utc}"
        raise SurveyError(
            ErrorCode.CERTIFICATE_UNUSABLE, place=root_path, detail=detail, not_valid_after_utc=f"{root.not_valid_after_utc:%Y-%m-%d}"
        )
    return Authority(folder, root)


def certify(authority: Authority, names: Sequence[str], now: datetime) -> bool:
    """Whether this machine got a new certificate: when there is none, it nears its end, or it lacks one of the names.

    Names that it has and that are no longer wanted stay, up to a limit, so that going back to a network changes nothing. Names that
    the root may not vouch for are passed over.
    """
    names = [name for name in names if authority.may_certify(name)]
    known = _certified_names(authority, now)
    if set(names) <= set(known):
        return False
    wanted = tuple(dict.fromkeys((*names, *known)))[:MOST_NAMES]
    root_key = _read_key(authority.folder / "root.key")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(SERVER_NAME))
        .issuer_name(authority.root.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_MAY_DIFFER)
        .not_valid_after(min(now - CLOCKS_MAY_DIFFER + SERVER_LIFE, authority.root.not_valid_after_utc))
        .add_extension(x509.SubjectAlternativeName([_general_name(each) for each in wanted]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    # The key first: a certificate is looked at to decide whether all is in order, and must never be there without its key.
    _write(authority.certificate_path, b"")
    _write(authority.key_path, _key_bytes(key))
    _write(authority.certificate_path, certificate.public_bytes(serialization.Encoding.PEM) + authority.root_pem)
    return True


def _make_root(root_path: Path, key_path: Path, names: Sequence[str], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    mark = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    # Part of the name, so that two installations can be told apart in a device's list and in a browser.
    name = _name(f"{ORGANISATION} {mark.digest.hex()[:8]}")
    root = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_MAY_DIFFER)
        .not_valid_after(now + ROOT_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(mark, critical=False)
        .add_extension(x509.NameConstraints(permitted_subtrees=_permitted(names), excluded_subtrees=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    root_path.parent.mkdir(parents=True, exist_ok=True)
    _write(key_path, _key_bytes(key))
    _write(root_path, root.public_bytes(serialization.Encoding.PEM))


def _permitted(names: Sequence[str]) -> list[x509.GeneralName]:
    """What a new root may vouch for: local domains and networks, and the names that this machine has beside them."""
    present = [_general_name(name) for name in names]
    domains = [*LOCAL_DOMAINS, *(str(each.value) for each in present if isinstance(each, x509.DNSName))]
    networks = [*LOCAL_NETWORKS, *(ipaddress.ip_network(each.value) for each in present if isinstance(each, x509.IPAddress))]
    return [*map(x509.DNSName, dict.fromkeys(domains)), *map(x509.IPAddress, dict.fromkeys(networks))]


def _certified_names(authority: Authority, now: datetime) -> tuple[str, ...]:
    """The names in the present certificate; none when it is absent, damaged, of another root, or near its end."""
    try:
        certificate = x509.load_pem_x509_certificate(authority.certificate_path.read_bytes())
        certificate.verify_directly_issued_by(authority.root)
        key = _read_key(authority.key_path)
        held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, SurveyError, x509.ExtensionNotFound):
        return ()
    if key.public_key() != certificate.public_key() or certificate.not_valid_after_utc - RENEWED_BEFORE < now:
        return ()
    return (*held.get_values_for_type(x509.DNSName), *(str(each) for each in held.get_values_for_type(x509.IPAddress)))


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION), x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise SurveyError(ErrorCode.CERTIFICATE_UNUSABLE, place=path, detail="it is missing or damaged") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SurveyError(ErrorCode.CERTIFICATE_UNUSABLE, place=path, detail="it is a key of another kind")
    return key


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write(path: Path, content: bytes) -> None:
    """Write the file whole or not at all, readable by its owner only from its first byte on."""
    partial = path.with_name(f".{path.name}.new")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    partial.replace(path)
