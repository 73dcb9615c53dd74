"""Under which names and addresses other machines of the local network reach this one, and which of them tablets are given.

A browser keeps what a tablet has stored under the exact address it was opened with. The address given to tablets is therefore
remembered and kept for as long as this machine still has it.
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from questionnaires.errors import ErrorCode, SurveyError

_HOST_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_HOTSPOT_NETWORKS = tuple(map(ipaddress.ip_network, ("192.168.137.0/24", "10.42.0.0/16", "192.168.2.0/24")))
"""The networks that Windows, Linux and macOS give their own hotspot; this machine's address in them is always the same."""


@dataclass(frozen=True, slots=True)
class MachineNames:
    """The names and addresses of one machine, the likeliest for tablets first within each."""

    names: tuple[str, ...]
    addresses: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Names and addresses, as a certificate lists them."""
        return (*self.names, *self.addresses)


def machine_names() -> MachineNames:
    """What this machine is called at this moment, in the networks it is connected to now."""
    found = [
        address.address
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family in (socket.AF_INET, socket.AF_INET6)
    ]
    return MachineNames(host_names(socket.gethostname()), lan_addresses(found))


def host_names(hostname: str) -> tuple[str, ...]:
    """The names that a host name gives: itself and its `.local` form (RFC 6762), and "localhost"; none that no certificate may hold."""
    name = hostname.lower().rstrip(".")
    label = name.split(".")[0]
    candidates = (f"{label}.local", name, "localhost")
    return tuple(dict.fromkeys(each for each in candidates if all(_HOST_LABEL.fullmatch(part) for part in each.split("."))))


def lan_addresses(found: Sequence[str]) -> tuple[str, ...]:
    """The addresses that other machines can use, a hotspot's own network first and IPv4 before IPv6, then loopback.

    Addresses that hold for one cable only (link-local) are left out, as they mean nothing to another machine without its interface.
    """
    parsed = {ipaddress.ip_address(text) for text in found if "%" not in text}
    usable = [each for each in parsed if not each.is_link_local and not each.is_unspecified and not each.is_multicast]
    usable += [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")]
    return tuple(str(each) for each in sorted(set(usable), key=_likely_first))


def _likely_first(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> tuple[object, ...]:
    is_hotspot = any(address in network for network in _HOTSPOT_NETWORKS if network.version == address.version)
    return (address.is_loopback, address.version, not is_hotspot, not address.is_private, int(address))


@dataclass(frozen=True, slots=True)
class GivenName:
    """The name or address that tablets are given; `former` is the one given before, when this machine no longer has it."""

    name: str
    former: str = ""


def choose_name(wanted: str, machine: MachineNames, memory: Path) -> GivenName:
    """The name to give to tablets: the wanted one, else the one remembered in the file `memory`, else the likeliest.

    It is remembered for the next time. Raises INVALID_VALUE for a wanted name that this machine does not have.
    """
    remembered = memory.read_text(encoding="ascii").strip() if memory.exists() else ""
    if wanted and wanted.lower() not in machine.all:
        outward = ", ".join(_outward(machine))
        raise SurveyError(
            ErrorCode.INVALID_VALUE,
            field="--name",
            detail="this computer is not reached as {wanted}, but as {outward}",
            wanted=wanted,
            outward=outward,
        )
    name = wanted.lower() or (remembered if remembered in machine.all else _outward(machine)[0])
    former = remembered if remembered and remembered not in machine.all else ""
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text(name + "\n", encoding="ascii")
    return GivenName(name, former)


def url_host(name: str) -> str:
    """The name or address as it is written into a URL."""
    return f"[{name}]" if ":" in name else name


def _outward(machine: MachineNames) -> tuple[str, ...]:
    """What other machines can use: addresses first, because not every tablet resolves `.local` names; loopback when that is all."""
    outward = [each for each in machine.addresses if not ipaddress.ip_address(each).is_loopback]
    names = [each for each in machine.names if each != "localhost"]
    return tuple(outward + names if outward else ["localhost", *names])
