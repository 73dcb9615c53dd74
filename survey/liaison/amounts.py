"""Amounts of assistance: kept in fen, spoken of in 10,000 yuan 万元. Exact in both directions. Pure."""

from decimal import Decimal, InvalidOperation

FEN_PER_TEN_THOUSAND = 1_000_000
DECIMALS = 6
"""So many decimals of 10,000 yuan make one fen."""
MAX_FEN = 10**15
"""A thousand million times 10,000 yuan: whatever is larger is a slip of the pen."""
_NOISE = Decimal("1e-9")
"""What a spreadsheet program's binary numbers may be off by."""
_REMOVED = str.maketrans(dict.fromkeys(", ，\u00a0\u3000"))


def parse_fen(text: str, *, in_yuan: bool = False) -> int | None:
    """The fen that a text of 10,000 yuan (or of yuan) writes, or None when it is no amount, below zero, or finer than a fen."""
    bare = text.translate(_REMOVED).removesuffix("元" if in_yuan else "万元")
    try:
        amount = Decimal(bare)
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) > MAX_FEN:
        return None
    fen = amount * (100 if in_yuan else FEN_PER_TEN_THOUSAND)
    whole = fen.to_integral_value()
    is_whole = abs(fen - whole) <= _NOISE * FEN_PER_TEN_THOUSAND
    return int(whole) if is_whole and 0 <= whole <= MAX_FEN else None


def ten_thousands(fen: int) -> Decimal:
    """The amount in 10,000 yuan."""
    return Decimal(fen).scaleb(-DECIMALS)
