"""The search of the guide, which runs in the browser and needs no server: English words by their stems, Chinese by every two signs.

Chinese has no spaces, and what cuts it into words in Python is not there in the browser; two signs at a time find whatever was typed.
"""

import re
from itertools import pairwise

from sphinx.search.en import SearchEnglish

_PARTS = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+")


class TwoLanguages(SearchEnglish):
    """English and Chinese in one index; both sides cut texts in the same way."""

    lang = "zh-en"
    language_name = "English"
    """By this name Sphinx finds the stemmer for the browser."""
    js_splitter_code = """
function splitQuery(query) {
  const parts = query.match(/[\\u3400-\\u9fff]+|(?:(?![\\u3400-\\u9fff])[\\p{Letter}\\p{Number}_])+/gu) || [];
  return parts.flatMap((part) => {
    if (!/^[\\u3400-\\u9fff]{3,}$/.test(part)) return [part];
    return Array.from(part).slice(1).map((sign, index) => part[index] + sign);
  });
}
"""

    def split(self, input: str) -> list[str]:
        """The words of a text."""
        return [word for part in _PARTS.findall(input) for word in words_of(part)]

    def stem(self, word: str) -> str:
        """The stem of an English word; Chinese as it is."""
        return word if is_chinese(word) else super().stem(word)


def is_chinese(word: str) -> bool:
    """Whether a word consists of Chinese signs, as each that is cut here does from its first one on."""
    return "\u3400" <= word[0] <= "\u9fff"


def words_of(part: str) -> list[str]:
    """A part as it is found: an English word or a single sign as it is, Chinese as every two signs beside each other."""
    if len(part) < 2 or not is_chinese(part):
        return [part]
    return [first + second for first, second in pairwise(part)]
