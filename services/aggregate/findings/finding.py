"""A finding, and how it lasts from the moment it holds to the one that removes it; pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

from schemas.records.dossier import OpenFinding
from services.aggregate.derived import Key
from services.aggregate.findings.timeline import Said, Timeline
from services.aggregate.tables import Finding

_IN_A_DOSSIER = 50


class Breach(NamedTuple):
    """What is wrong at a moment, in words, and the figures that it rests on."""

    period: str
    zh: str
    en: str
    rests_on: Sequence[Said]

    @property
    def events(self) -> list[str]:
        """The events it rests on, each once."""
        return list(dict.fromkeys(event for said in self.rests_on for event in said.events))


Check = Callable[[Sequence[Said | None]], Breach | None]


class Place(NamedTuple):
    """A place where a finding may be: the figures that meet there, and what must hold of them."""

    key: Key
    terms: tuple[Timeline, ...]
    check: Check


@dataclass
class _Episode:
    """From the moment a finding began to hold."""

    since: datetime
    began: Breach
    now: Breach = field(init=False)
    explained: bool = False

    def __post_init__(self) -> None:
        self.now = self.began

    def goes_on(self, breach: Breach) -> None:
        """Other figures, the same finding. A note on one that was published since explains it."""
        self.now = breach
        self.explained |= any(s.note and s.recorded_at > self.since for s in breach.rests_on)


def findings(kind: str, series: tuple[str, str], place: Place) -> Iterator[Finding]:
    """What was found at this place, each time it began to hold anew."""
    held: _Episode | None = None
    for at in sorted({moment for term in place.terms for moment in term.moments}):
        breach = place.check([term.at(at) for term in place.terms])
        if breach is None:
            if held is not None:
                yield _finding(kind, series, place.key, held, "corrected")
            held = None
        elif held is None:
            held = _Episode(at, breach)
        else:
            held.goes_on(breach)
    if held is not None:
        yield _finding(kind, series, place.key, held, "explained" if held.explained else "open")


def _finding(kind: str, series: tuple[str, str], key: Key, held: _Episode, state: str) -> Finding:
    # Two sources may use one id, and what was corrected may come back: the moment tells them apart.
    since = held.since.astimezone(UTC).isoformat()
    return Finding(
        finding_id(kind, *series, *map(str, key), since, *held.began.events),
        kind,
        key.scope,
        held.now.period,
        held.now.zh,
        held.now.en,
        held.now.events,
        state,
        held.since,
    )


def still_open(found: Iterable[Finding]) -> tuple[OpenFinding, ...]:
    """Those that are neither corrected nor explained, the newest last; a dossier bears so many."""
    waiting = sorted((one for one in found if one.state == "open"), key=lambda f: (f.at, f.finding))
    return tuple(
        OpenFinding(
            finding=one.finding,
            kind=one.kind,
            at=one.at,
            period=one.period,
            detail_zh=one.detail_zh,
            detail_en=one.detail_en,
            event_ids=tuple(one.event_ids),
        )
        for one in waiting[-_IN_A_DOSSIER:]
    )


def finding_id(kind: str, *rests_on: str) -> str:
    """The same for the same grounds, whenever and however often they are looked at."""
    return f"{kind}-{sha256(chr(0).join(rests_on).encode()).hexdigest()[:20]}"
