"""Where a document comes from: the parameters it was drafted by, the dataset, and what is known of each of its figures. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind one figure: its name for readers, how many answers it rests on (None for a plain count), its basis and unit.

    `value` is the number itself, with the sign of a distance, and `reference` the value that its indicator is to reach; None where there
    is none.
    """

    label: str = ""
    n: int | None = None
    basis: str = ""
    unit: str = ""
    value: float | None = None
    reference: float | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """What a document was drafted from. `parameters` are enough to draft it again from other data; `evidence` is by address.

    `dataset_hash` has the hashes of all its datasets with a blank between.
    """

    dataset_hash: str
    parameters: Mapping[str, str]
    evidence: Mapping[str, Evidence] = field(default_factory=dict)


def one_hash(dataset_hash: str) -> str:
    """One hash of 64 digits for what a document was drafted from: of its dataset, or of the hashes of several; "" of none."""
    return hashlib.sha256(dataset_hash.encode()).hexdigest() if " " in dataset_hash else dataset_hash
