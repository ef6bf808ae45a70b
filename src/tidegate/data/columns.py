"""Which column of a table plays which part: named by the caller, or found where only one can be meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tidegate.data.table import Table
from tidegate.data.times import looks_like_times, looks_whole
from tidegate.data.values import looks_numeric
from tidegate.errors import ConfigurationError, DataError

_TIME_NAMES = frozenset(
    {"date", "datetime", "time", "timestamp", "ds", "t", "index", "step", "period"}
    | {"year", "quarter", "month", "week", "day", "hour", "minute", "second"}
)


@dataclass(frozen=True)
class Columns:
    """The parts columns play; empty where the table itself is to tell.

    `target`: what is forecast. `past`: covariates known only up to now. `known`: covariates known in the future too.
    `static`: the same in all rows of a series.
    """

    id: str | None = None
    time: str | None = None
    target: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    static: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        named = self.named()
        twice = [name for name in dict.fromkeys(named) if named.count(name) > 1]
        if twice:
            raise ConfigurationError(f"column '{twice[0]}' is given two parts; a column plays one")

    @classmethod
    def of(
        cls,
        *,
        id: str | None = None,
        time: str | None = None,
        target: str | Iterable[str] = (),
        past: str | Iterable[str] = (),
        known: str | Iterable[str] = (),
        static: str | Iterable[str] = (),
    ) -> Columns:
        """As the constructor, where one name may stand for a list of one."""
        return cls(id, time, _names(target), _names(past), _names(known), _names(static))

    @property
    def numeric(self) -> tuple[str, ...]:
        """The columns that hold one number per row: target, past, known, in this order."""
        return self.target + self.past + self.known

    def named(self) -> list[str]:
        return [name for name in (self.id, self.time, *self.numeric, *self.static) if name is not None]

    def _check_present(self, table: Table) -> None:
        for name in self.named():
            if name not in table.frame.columns:
                raise DataError(f"{table.place()}: there is no column '{name}', only {_listed(table.frame.columns)}")

    def resolve(self, table: Table) -> Columns:
        """All parts filled in for this table. Raises DataError where a column is absent or several could be meant."""
        self._check_present(table)
        id = self.id or ("unique_id" if "unique_id" in self._free(table) else None)
        named = replace(self, id=id)
        timed = replace(named, time=named.time or named._find_time(table))
        return replace(timed, target=timed.target or (timed._find_target(table),))

    def _free(self, table: Table) -> list[str]:
        return [name for name in table.frame.columns if name not in self.named()]

    def _find_time(self, table: Table) -> str:
        free = self._free(table)
        if "ds" in free:
            return "ds"
        candidates = [name for name in free if looks_like_times(table.frame[name])]
        candidates = candidates or [name for name in free if name.lower() in _TIME_NAMES]
        if not candidates and len(free) == (1 if self.target else 2) and looks_whole(table.frame[free[0]]):
            return free[0]
        if len(candidates) != 1:
            raise DataError(f"{table.place()}: {_which('time', candidates)}{_index_hint(table)}")
        return candidates[0]

    def _find_target(self, table: Table) -> str:
        free = self._free(table)
        if "y" in free:
            return "y"
        if len(free) == 1:
            return free[0]
        candidates = [name for name in free if looks_numeric(table.frame[name])]
        if len(candidates) != 1:
            raise DataError(f"{table.place()}: {_which('target', candidates)}")
        return candidates[0]


def _names(given: str | Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _which(part: str, candidates: list[str]) -> str:
    found = f"could be any of the columns {_listed(candidates)}" if candidates else "is not to be told from the columns"
    return f"the {part} {found}; name the column: {part}= in Python, --{part} in the shell"


def _index_hint(table: Table) -> str:
    return " (reset_index() makes the index of a pandas frame a column)" if table.kind == "pandas" else ""
