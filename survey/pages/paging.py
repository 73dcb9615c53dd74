"""A page of a long list, as arithmetic."""

from dataclasses import dataclass

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: `number` counts from 1, `total` rows in all on `n_pages` pages (at least one)."""

    number: int
    total: int
    size: int = PAGE_SIZE

    @property
    def n_pages(self) -> int:
        """The number of pages, one even when there is nothing to show."""
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        """How many rows lie before this page."""
        return (self.number - 1) * self.size


def page_of(number: int, total: int, size: int = PAGE_SIZE) -> Page:
    """The page, moved to the first or last one if `number` lies outside."""
    last = Page(1, total, size).n_pages
    return Page(min(max(1, number), last), total, size)
