"""From when on a check notices something: every threshold in one place, with where it comes from. Data only.

Thresholds without a source are conventions of ours: large enough that a visit of a hundred interviews is not told about chance.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The thresholds of all checks; shares are 0 to 1."""

    match_share: float = 0.85
    """Two interviews with other households that give the same answer to so many of their questions (Kuriakose and Robbins 2016,
    Statistical Journal of the IAOS 32, 283–291). Fewer questions or choices make more matches by chance (Simmons, Mercer, Schwarzer and
    Kennedy 2016, ibid., 327–338), hence the next."""
    match_least_questions: int = 30
    """Two interviews that answered fewer questions say nothing about copying."""
    outlier_fence: float = 3.0
    """So many interquartile ranges beyond a quartile: "far out" (Tukey 1977, Exploratory Data Analysis, 2D)."""
    robust_z: float = 3.5
    """So many robust standard deviations from the median (Iglewicz and Hoaglin 1993, How to Detect and Handle Outliers, 11)."""
    outlier_least: int = 20
    """A question with fewer numbers has no outliers."""
    digits_least: int = 50
    """Fewer numbers say nothing about last digits."""
    digits_least_of_one: int = 20
    """As many numbers of one interviewer are compared with those of the others."""
    whipple: float = 125.0
    """From here on ages count as rough; 500 would be nothing but 0 and 5 (United Nations 1955, Population Studies 23, 44–46)."""
    myers: float = 10.0
    """So many per cent of the ages would have to change their last digit (Myers 1940, Transactions of the Actuarial Society 41, 395)."""
    straight_least_questions: int = 4
    """Neighbouring questions with the same choices make a block from so many on."""
    straight_least_choices: int = 4
    """A list of fewer choices is no scale: most households have clothes for every season."""
    hurried_seconds: float = 2.0
    """A question answered in less was not read out; the protocol of a visit takes the same."""
    hurried_share: float = 0.25
    """An interviewer who answers so many questions in less time is noticed; so is a question that so many hurry over."""
    pace: float = 0.5
    """An interviewer who takes less than this part of the time that others take over the same questions."""
    timed_least: int = 10
    """As many timed answers to a question say how long it usually takes."""
    difference: float = 0.10
    """Shares of two groups differ noticeably from so much on, if chance does not explain it either."""
    significance: float = 0.05
    """The share of false alarms among differences called no chance (Benjamini and Hochberg 1995, JRSS B 57, 289–300)."""
    group_least: int = 8
    """An interviewer with fewer answers to a question is not compared with the others."""
    interviewer_effect: float = 0.10
    """An intraclass correlation from here on is large; in surveys in person 0.01 to 0.10 is common (West and Blom 2017, Journal of Survey
    Statistics and Methodology 5, 175–211)."""
    far_m: float = 5_000.0
    """An interview so far from the middle of its village's interviews, in metres, if it also is far by the next."""
    far_spread: float = 5.0
    """So many times the median distance of the village's interviews from their middle."""
    same_point_m: float = 2.0
    """Two interviews with other households whose positions are no further apart were recorded at one place."""
    close_m: float = 30.0
    """Half of an interviewer's positions in a village lie so near their middle, in metres, and those of the village ten times as far."""
    spread_least: int = 5
    """A pair or village with fewer positions has no spread."""
    other_share: float = 0.10
    """"Other" given so often says that a choice is missing."""
    other_least: int = 10
    """Fewer answers say nothing about a list of choices."""
    back_check_rates: tuple[float, float, float] = (0.10, 0.15, 0.25)
    """Error rates of back-check types 1, 2 and 3 from which on they are looked at; the types are those of Innovations for Poverty Action's
    back-check manual and its program bcstats, which leave the rates to the team: 10 per cent of type 1 is the usual alarm."""
    back_check_least: int = 5
    """Fewer compared answers have no rate worth telling."""
    amount_share: float = 0.10
    """Amounts that people recall are the same if they are no further apart than this part of the larger."""


DEFAULTS = Thresholds()
