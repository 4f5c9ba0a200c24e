"""Columns of dates by plan: every form, order and language, with a few broken cells.

The oracle is plain: a column is written by one format from known days, and read again by every
format that looks the same. If another one explains all cells too, but by other days, the column has
two readings. Run as a module with a number of columns to check so many.
"""

from __future__ import annotations

import calendar
import datetime as dt
import random
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from babel import Locale
from babel.dates import format_date

from trends.errors import DataError
from trends.sources.dates.column import DateColumn
from trends.sources.dates.rules import DateRules

LATEST = dt.date(2024, 12, 31)
RULES = DateRules(latest=LATEST)
Span = tuple[dt.date, dt.date]
EPOCH = dt.date(1970, 1, 1)
ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
WEEK = dt.timedelta(days=7)


def month(year: int, number: int) -> Span:
    last = calendar.monthrange(year, number)[1]
    return dt.date(year, number, 1), dt.date(year, number, last)


def quarter(year: int, number: int) -> Span:
    return month(year, 3 * number - 2)[0], month(year, 3 * number)[1]


def day(date: dt.date) -> Span:
    return date, date


def by_month(date: dt.date) -> Span:
    return month(date.year, date.month)


def by_quarter(date: dt.date) -> Span:
    return quarter(date.year, (date.month + 2) // 3)


def by_half(date: dt.date) -> Span:
    first = 1 if date.month < 7 else 7
    return month(date.year, first)[0], month(date.year, first + 5)[1]


def by_year(date: dt.date) -> Span:
    return dt.date(date.year, 1, 1), dt.date(date.year, 12, 31)


def by_week(date: dt.date) -> Span:
    monday = date - dt.timedelta(days=date.weekday())
    return monday, monday + dt.timedelta(days=6)


@dataclass(frozen=True)
class Writer:
    """How dates are written, what is then known, and the formats of strptime that look alike."""

    name: str
    write: Callable[[dt.date], str]
    known: Callable[[dt.date], Span] = day
    rivals: tuple[tuple[str, Callable[[dt.date], Span]], ...] = ()
    #: Whether years have two digits, so that days lie after 1969.
    short: bool = False
    #: Why a column may have a second reading that strptime does not know.
    other: Callable[[list[str]], bool] = lambda cells: False


def _strf(form: str, *, bare: bool = False) -> Callable[[dt.date], str]:
    def write(date: dt.date) -> str:
        text = date.strftime(form)
        return re.sub(r"\b0(?=[1-9]\b)", "", text) if bare else text

    return write


def _consecutive(cells: list[str]) -> bool:
    """Whether all cells look like fiscal years: 2010-11."""
    pairs = [re.fullmatch(r"(\d{4})\D(\d{2})", cell) for cell in cells]
    return all(m is not None and int(m[2]) == (int(m[1]) + 1) % 100 for m in pairs)


def _next_digit(cells: list[str]) -> bool:
    """Whether all cells may be two years: 1850-1."""
    pairs = [re.fullmatch(r"(\d{4})\D(\d{1,2})", cell) for cell in cells]
    return all(
        m is not None and int(m[2]) == (int(m[1]) + 1) % (10 if len(m[2]) == 1 else 100)
        for m in pairs
    )


def _days_without_year(cells: list[str]) -> bool:
    return all(1 <= int(re.findall(r"\d+", cell)[0]) <= 31 for cell in cells)


def writers() -> list[Writer]:
    """Every form."""
    out = [
        Writer("year", _strf("%Y"), by_year),
        Writer("iso moment", lambda d: f"{d}T05:31:31Z"),
        Writer("iso fraction", lambda d: f"{d} 05:31:31.123+00:00"),
        Writer("ctime", _strf("%a %b %d 05:31:31 %Y")),
        Writer("tweet", _strf("%a %b %d 05:31:31 +0000 %Y")),
        Writer("mail", _strf("%a, %d %b %Y 05:31:31 GMT")),
        Writer("log", _strf("%d/%b/%Y:05:31:31 +0000")),
        Writer("exif", _strf("%Y:%m:%d 05:31:31")),
        Writer("week", lambda d: "{}-W{:02d}".format(*d.isocalendar()[:2]), by_week),
        Writer("weekday", lambda d: "{}-W{:02d}-{}".format(*d.isocalendar())),
        Writer("ordinal", _strf("%Y-%j")),
        Writer("brackets", lambda d: f"[{d.year}]", by_year),
        Writer("copyright", lambda d: f"c{d.year}", by_year),
        Writer("circa", lambda d: f"ca. {d.year}", by_year),
        Writer("range", lambda d: f"{d}/{d + WEEK}", lambda d: (d, d + WEEK)),
        Writer("range in words", _strf("%d %B %Y to 31 December %Y"), _to_the_end),
        Writer("java", lambda d: f"{d}T05:31:31+01:00[Europe/Paris]"),
        Writer("go", lambda d: f"{d} 05:31:31.123 +0000 UTC"),
        Writer("browser", _strf("%a %b %d %Y 05:31:31 GMT+0200 (Central European Summer Time)")),
        Writer("5 PM", _strf("%B %d, %Y at 5pm")),
        Writer("about years", lambda d: f"ca. {d.year}-{d.year + 5}", _five_years),
        Writer("1st quarter", _ordinal_quarter, by_quarter),
        Writer("months", lambda d: f"{d:%b}-Dec {d.year}", lambda d: (by_month(d)[0], _end(d))),
        Writer("east", lambda d: f"{d.year}年{d.month}月{d.day}日"),
        Writer("seconds of the day", _strf("%Y%m%d053131")),
        Writer("git", _strf("%a %b %d 05:31:31 %Y +0000")),
        Writer("oracle", _strf("%d-%b-%Y 05.31.31.123456 AM")),
        Writer("stata", lambda d: f"{d.year}m{d.month}", by_month),
        Writer("roman", lambda d: f"{d.day}.{ROMAN[d.month - 1]}.{d.year}"),
        Writer("week in words", lambda d: "Week {1}, {0}".format(*d.isocalendar()), by_week),
        Writer("json of .NET", lambda d: f"/Date({(d - EPOCH).days * 86_400_000})/"),
        Writer("basic", _strf("%Y%m%dT053131Z")),
    ]
    compact = [("%Y%m%d", day), ("%d%m%Y", day), ("%m%d%Y", day)]
    six = [("%Y%m", by_month), ("%m%Y", by_month), ("%y%m%d", day), ("%d%m%y", day)]
    six.append(("%m%d%y", day))
    for forms in (compact, six):
        for form, known in forms:
            others = tuple(pair for pair in forms if pair[0] != form)
            short = "%y" in form
            out.append(Writer(form, _strf(form), known, others, short))
    for sep in "-/. ":
        long_ = [f"%d{sep}%m{sep}%Y", f"%m{sep}%d{sep}%Y"]
        two = [f"%d{sep}%m{sep}%y", f"%m{sep}%d{sep}%y", f"%y{sep}%m{sep}%d"]
        for forms in (long_, two):
            for form in forms:
                others = tuple((other, day) for other in forms if other != form)
                for bare in (False, True):
                    if bare and "%y" in form:
                        continue
                    plain = _strf(form, bare=bare)
                    for clock in ("", " 05:31", " 5:31 AM"):
                        if clock and sep == " ":
                            continue
                        out.append(
                            Writer(
                                f"{form}{clock}{' bare' * bare}",
                                lambda d, w=plain, c=clock: w(d) + c,
                                day,
                                tuple((f"{o}{clock and ' %H:%M'}", k) for o, k in others),
                                "%y" in form,
                            )
                        )
        for bare in (False, True):
            out.append(Writer(f"%Y{sep}%m{sep}%d", _strf(f"%Y{sep}%m{sep}%d", bare=bare)))
            out.append(Writer(f"%m{sep}%Y", _strf(f"%m{sep}%Y", bare=bare), by_month))
        out.append(Writer(f"%Y{sep}%m", _strf(f"%Y{sep}%m"), by_month, other=_consecutive))
        if sep in "-/":
            bare_months = _strf(f"%Y{sep}%m", bare=True)
            out.append(Writer(f"%Y{sep}%m bare", bare_months, by_month, other=_next_digit))
        for q in ("{y}{s}Q{q}", "Q{q}{s}{y}", "{q}Q{s}{y}"):
            out.append(
                Writer(
                    f"{q} {sep!r}",
                    lambda d, q=q, s=sep: q.format(y=d.year, s=s, q=(d.month + 2) // 3),
                    by_quarter,
                )
            )
    out += [
        Writer("2021Q2", lambda d: f"{d.year}Q{(d.month + 2) // 3}", by_quarter),
        Writer("2Q21", lambda d: f"{(d.month + 2) // 3}Q{d:%y}", by_quarter, short=True),
        Writer("H1", lambda d: f"H{1 + (d.month > 6)} {d.year}", by_half),
        Writer("decade", lambda d: f"{d.year // 10 * 10}s", _decade, other=_centuries),
        Writer("fiscal", lambda d: f"{d.year}-{(d.year + 1) % 100:02d}", by_year, other=_always),
        Writer("academic", lambda d: f"{d.year}/{d.year + 1}", by_year, other=_always),
    ]
    for form in ("%d-%b-%Y", "%d %B %Y", "%B %d, %Y", "%Y %b %d", "%d%b%Y", "%A, %d %B %Y"):
        out.append(Writer(form, _strf(form)))
    for form in ("%b-%Y", "%Y-%b", "%B %Y", "%Y/%b", "%b/%Y", "%b.%Y", "%Y %B"):
        out.append(Writer(form, _strf(form), by_month))
    dmy = ("%d-%b-%y", "%y-%b-%d")
    for form, other in (dmy, dmy[::-1]):
        out.append(Writer(form, _strf(form), day, ((other, day),), True))
    for form in ("%b-%y", "%y-%b", "%b %y"):
        out.append(Writer(form, _strf(form), by_month, (), True, _days_without_year))
    return out


def _five_years(date: dt.date) -> Span:
    return dt.date(date.year, 1, 1), dt.date(date.year + 5, 12, 31)


def _ordinal_quarter(date: dt.date) -> str:
    return f"{('1st', '2nd', '3rd', '4th')[(date.month - 1) // 3]} quarter {date.year}"


def _end(date: dt.date) -> dt.date:
    return dt.date(date.year, 12, 31)


def _to_the_end(date: dt.date) -> Span:
    return date, _end(date)


def _always(cells: list[str]) -> bool:
    return True


def _decade(date: dt.date) -> Span:
    first = date.year // 10 * 10
    return dt.date(first, 1, 1), dt.date(first + 9, 12, 31)


def _centuries(cells: list[str]) -> bool:
    return all(cell[2:4] == "00" for cell in cells)


LANGUAGES = (
    "en de de_AT fr es pt it nl sv da nb fi pl cs sk hu ro bg ru uk el tr ca hr sr_Latn sl et lv "
    "lt id vi ar he hi th ja zh ko"
)
WORDED = ("long", "full", "d MMMM y", "d MMM y", "d-MMM-y", "MMMM y", "y-MMM")


def _names(language: str) -> dict[str, int]:
    months = Locale.parse(language).months
    return {
        name.lower().strip("."): number
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in months[context][width].items()
    }


#: Languages in which the same word is another month: listopad is November in Polish.
SLAVIC = [_names(language) for language in ("hr", "pl", "cs")]


def _two_months(cells: list[str]) -> bool:
    """Whether several languages know all names of months, and not as the same months."""
    words = {w.lower().strip(".") for cell in cells for w in re.findall(r"[^\W\d_]+", cell)}
    words = {w for w in words if any(w in names for names in SLAVIC)}
    meant = {tuple(names[w] for w in sorted(words)) for names in SLAVIC if words <= names.keys()}
    return len(meant) > 1


def in_language(language: str, form: str) -> Writer:
    """Dates in the words of a language."""
    known = day if form in ("long", "full") or "d" in form else by_month
    return Writer(
        f"{language} {form}",
        lambda d: format_date(d, form, locale=language),
        known,
        other=_two_months,
    )


BROKEN = ("", "n.d.", "unknown", "see note", "0000-00-00", "?", "in press", "None", "x" * 90)


@dataclass
class Column:
    """Cells with what they mean; ``None`` for those that are broken."""

    writer: Writer
    cells: list[str]
    truth: list[Span | None]

    @property
    def two_readings(self) -> bool:
        good = [cell for cell, span in zip(self.cells, self.truth, strict=True) if span]
        if self.writer.other(good):
            return True
        spans = [span for span in self.truth if span]
        for form, known in self.writer.rivals:
            try:
                found = [dt.datetime.strptime(_clock(c), form).date() for c in good]  # noqa: DTZ007
            except ValueError:
                continue
            if (
                all(dt.date(1600, 1, 1) <= d <= LATEST for d in found)
                and [known(d) for d in found] != spans
            ):
                return True
        return False


def _clock(cell: str) -> str:
    return cell.removesuffix(" AM")


def column(rng: random.Random, every: list[Writer]) -> Column:
    """One column of the plan."""
    if rng.random() < 0.3:
        writer = in_language(rng.choice(LANGUAGES.split()), rng.choice(WORDED))
    else:
        writer = rng.choice(every)
    low = dt.date(1970, 1, 2) if writer.short else dt.date(rng.choice((1700, 1950, 2000)), 1, 1)
    span = rng.choice((20, 400, 4_000, 20_000, 90_000))
    n = rng.choice((1, 2, 5, 20, 60))
    early = rng.random() < 0.3  # days up to the twelfth only: nothing decides
    cells, truth = [], []
    for _ in range(n):
        date = min(low + dt.timedelta(days=rng.randrange(span)), LATEST)
        if early:
            date = date.replace(day=1 + (date.day - 1) % 12)
        cells.append(writer.write(date))
        truth.append(writer.known(date))
    for _ in range(rng.choice((0, 0, 1, 2))):
        at = rng.randrange(len(cells) + 1)
        cells.insert(at, rng.choice(BROKEN))
        truth.insert(at, None)
    return Column(writer, cells, truth)


def judge(one: Column) -> str:
    """``read``, ``refused``, or what is wrong."""
    reader = DateColumn(RULES)
    for cell in one.cells:
        reader.look(cell)
    two = one.two_readings
    try:
        reader.settle()
    except DataError as error:
        assert "--" in str(error) or "Write" in str(error)
        return "refused" if two else f"refused though it has one reading: {error}"
    whole = 0
    for cell, span in zip(one.cells, one.truth, strict=True):
        found = reader.read(cell)
        if found.date is None:
            assert found.problem or span is None
            continue
        if span is None:
            return f"a broken cell is read: {cell!r} as {found.date.written}"
        if not (found.date.first <= span[0] and span[1] <= found.date.last):
            return f"wrong: {cell!r} as {found.date.written}, not {span}"
        if (found.date.first, found.date.last) != span and not found.problem:
            return f"coarser in silence: {cell!r} as {found.date.written}"
        whole += (found.date.first, found.date.last) == span
    good = sum(span is not None for span in one.truth)
    if two:
        return "read in part" if whole < good else "two readings, read"
    return "read" if whole == good else f"unread: {one.cells[:4]}"


def check(columns: int, seed: int) -> Counter[str]:
    """Outcomes of so many columns; each outcome beside reading and refusing with its writer."""
    rng, every = random.Random(seed), writers()
    outcomes: Counter[str] = Counter()
    for _ in range(columns):
        one = column(rng, every)
        found = judge(one)
        right = found in ("read", "refused", "read in part")
        outcomes[found if right else f"{one.writer.name}: {found} {one.cells[:3]}"] += 1
    return outcomes


if __name__ == "__main__":
    for outcome, n in check(int(sys.argv[1]), int(sys.argv[2])).most_common(40):
        print(f"{n:>9,}  {outcome}")
