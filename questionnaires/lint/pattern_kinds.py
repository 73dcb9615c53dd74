"""What can be wrong with a pattern of `regex()`: kinds of problems in English and Chinese. Data."""

from collections.abc import Mapping

from questionnaires.kinds import ERROR, WARNING, Kind

PATTERN_KINDS: Mapping[str, Kind] = {
    "runaway_pattern": Kind(
        ERROR,
        "The pattern {pattern} can take for ever: parts that repeat can read the same letters in several ways. Some answers stop a tablet.",
        "Let every letter be read in one way only: a+ instead of (a+)+ or (a|a)+, [0-9]+(,[0-9]+)* instead of ([0-9]+,?)+.",
        "正则表达式 {pattern} 可能永远算不完：其中重复的部分能以多种方式匹配同样的文字，遇到某些答案时平板会停止响应。",
        "请让每个字符只有一种匹配方式：用 a+ 代替 (a+)+ 或 (a|a)+，用 [0-9]+(,[0-9]+)* 代替 ([0-9]+,?)+。",
    ),
    "slow_pattern": Kind(
        WARNING,
        "The pattern {pattern} can take long: with an answer ten times as long the time grows a thousandfold. A tablet may stand still.",
        "Begin with ^, and let no two parts that repeat read the same letters: [^@]+@ instead of .*@.*, \\s*$ instead of \\s*\\s*$.",
        "正则表达式 {pattern} 可能很慢：文字长度增加到十倍，耗时会增加到上千倍，平板可能停顿。",
        "请以 ^ 开头，并避免两个重复部分匹配同样的字符：用 [^@]+@ 代替 .*@.*，用 \\s*$ 代替 \\s*\\s*$。",
    ),
    "pattern_of_answers": Kind(
        WARNING,
        "The pattern of regex() is put together from answers, so nobody can see beforehand whether some answer makes it take for ever.",
        "Write the pattern itself between quotation marks, or compare with = or contains() instead.",
        "regex() 的正则表达式由答案拼接而成，无法事先判断是否会因某个答案而一直算不完。",
        "请把正则表达式直接写在引号内，或改用 = 或 contains() 比较。",
    ),
}
