"""Dossiers and commands in, judgements and transitions out, in batches.

The order that keeps every promise: decide, remember the new state durably, publish, and only
then acknowledge the input. A crash in between makes the input come again: the state shows that it
was taken, and what it published is published once more, unchanged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pydantic import ValidationError

from schemas import topics
from schemas.events import COMMANDS
from schemas.records.alert import Tick
from schemas.records.assessment import Judged
from schemas.records.books import Balance
from schemas.records.dossier import Dossier
from services.alerts.domain.loop import Settings
from services.alerts.domain.series import (
    Step,
    resume,
    take_balance,
    take_command,
    take_dossier,
    take_tick,
)
from services.alerts.domain.state import SeriesState
from services.alerts.notify.messages import notice_of
from services.alerts.poison import Input, rejected
from services.alerts.timer import Timer
from services.runtime import logs
from services.series.answers import NO_MODEL, Answers, Asking

log = logs.get("alerts")

# The key of a department, beside those of the series.
_TICK = b'{"kind":"tick"'
_OF_NO_INDICATOR = topics.series_key("", "").encode()


class Outlet(Protocol):
    """Where results go. Every call returns once the broker has acknowledged all of it."""

    def recall(self, key: bytes) -> bytes | None:
        """The state of a series as last remembered."""

    async def remember(self, states: Sequence[tuple[int, bytes, bytes]]) -> None:
        """Keep states (partition, key, state) in the table and its changelog."""

    async def publish(self, records: Sequence[tuple[str, bytes, bytes]]) -> None:
        """Send records (topic, key, value)."""


@dataclass
class _Series:
    """One series within a batch. `pending`: what its state last published may never have left."""

    partition: int
    state: SeriesState
    pending: bool
    changed: bool = False

    def keep(self, step: Step) -> None:
        """Take the step's state; results that may still be needed again stay with it."""
        if step.state is self.state:
            return
        kept = step.state
        if self.pending or self.changed:
            both = {
                "transitions": self.state.transitions + step.state.transitions,
                "taken_back": self.state.taken_back + step.state.taken_back,
            }
            kept = kept.model_copy(update=both)
        self.state, self.changed = kept, True


_Records = list[tuple[str, bytes, bytes]]


@dataclass
class _Batch:
    series: dict[bytes, _Series] = field(default_factory=dict)
    judged: set[bytes] = field(default_factory=set)
    results: _Records = field(default_factory=list)
    watermarks: _Records = field(default_factory=list)

    def clear(self) -> None:
        """All of it has left."""
        for part in (self.series, self.judged, self.results, self.watermarks):
            part.clear()


class Bench:
    """Judges what arrives. `receivers` are the names of the channels that are told."""

    def __init__(
        self,
        outlet: Outlet,
        settings: Settings,
        receivers: Sequence[str],
        model: Asking = NO_MODEL,
    ) -> None:
        self._outlet = outlet
        self._model = model
        self._settings = settings
        self._receivers = tuple(receivers)
        self._timer = Timer(settings)
        # Series whose last transitions, and whose rows, are known to have left.
        self._left: set[bytes] = set()
        self._judged: set[bytes] = set()

    def forget(self) -> None:
        """After a change of owner nobody knows what another process still had to publish."""
        self._left.clear()
        self._judged.clear()
        self._timer.clear()

    def remembered(self, states: Iterable[tuple[bytes, bytes]]) -> None:
        """States (key, state) that an owner before this one kept."""
        self._timer.read(states)

    async def tick(self, now: datetime) -> None:
        """Put a tick where time alone changes something: it comes back in order, as an input."""
        line = Tick(at=now).model_dump_json().encode()
        ticks = [(topics.COMMANDS.name, key, line) for key in self._timer.due(now)]
        if ticks:
            await self._outlet.publish(ticks)

    async def take(self, inputs: Sequence[Input]) -> None:
        """Judge inputs in order; returns once all that follows from them is durable."""
        batch = _Batch()
        for given in inputs:
            await self._one(batch, given)
        await self._leave(batch)

    async def _leave(self, batch: _Batch) -> None:
        """What follows from the batch so far becomes durable; then it begins anew."""
        remembered = [
            (series.partition, key, series.state.model_dump_json().encode())
            for key, series in batch.series.items()
            if series.changed
        ]
        if remembered:
            await self._outlet.remember(remembered)
        for key, series in batch.series.items():
            self._timer.note(key, series.state)
        for records in (batch.results, batch.watermarks):
            if records:
                await self._outlet.publish(records)
        self._left |= batch.series.keys()
        self._judged |= batch.judged
        batch.clear()

    async def _one(self, batch: _Batch, given: Input) -> None:
        try:
            if given.topic != topics.INDICATORS.name:
                (self._tick if given.value.startswith(_TICK) else self._command)(batch, given)
            elif given.key.startswith(_OF_NO_INDICATOR):
                self._balance(batch, given)
            else:
                await self._dossier(batch, given)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            self._refuse(batch, given, f"{where}: {first['msg']}")

    def _refuse(self, batch: _Batch, given: Input, why: str) -> None:
        log.error("rejected", coordinates=given.coordinates, why=why)
        found = rejected(given, why)
        line = found.model_dump_json().encode()
        batch.results.append((topics.REJECTED.name, found.department.encode(), line))

    def _series(self, batch: _Batch, given: Input) -> _Series:
        """The series of the record; at first sight what may never have left is published again."""
        if given.key in batch.series:
            return batch.series[given.key]
        raw = self._outlet.recall(given.key)
        state = SeriesState() if raw is None else SeriesState.model_validate_json(raw)
        series = _Series(given.partition, state, given.key not in self._left)
        batch.series[given.key] = series
        if series.pending:
            self._write(batch, given.key, resume(state))
        return series

    async def _dossier(self, batch: _Batch, given: Input) -> None:
        """Judge, as often as the verdict has a new question for the model.

        One dossier is judged once for all that the model says, never before and after: what was
        published does not depend on how fast it answers. Nothing else waits for it meanwhile.
        """
        dossier = Dossier.model_validate_json(given.value)
        series = self._series(batch, given)
        all_rows = given.key not in self._judged and given.key not in batch.judged
        model = Answers(series.state.modelled, self._model.installed)
        step = self._take(series, dossier, given, model, all_rows)
        while model.questions:
            await self._leave(batch)
            model = model.with_answers(await self._model.answer(model.questions))
            series = self._series(batch, given)
            step = self._take(series, dossier, given, model, all_rows)
        if given.offset >= series.state.offset:
            self._mark(batch, given, dossier)
        self._write(batch, given.key, step)
        series.keep(step)

    def _take(
        self, series: _Series, dossier: Dossier, given: Input, model: Answers, all_rows: bool
    ) -> Step:
        state, rules = series.state, self._settings
        return take_dossier(state, dossier, given.offset, rules, model, all_rows=all_rows)

    def _balance(self, batch: _Batch, given: Input) -> None:
        balance = Balance.model_validate_json(given.value)
        series = self._series(batch, given)
        step = take_balance(series.state, balance, given.offset)
        self._write(batch, given.key, step)
        series.keep(step)

    def _mark(self, batch: _Batch, given: Input, dossier: Dossier) -> None:
        batch.judged.add(given.key)
        judged = Judged(
            indicator=dossier.indicator.indicator,
            entity=dossier.entity,
            partition=dossier.partition,
            offset=dossier.offset,
            through=dossier.through,
            at=dossier.at,
            sequence=given.offset,
        )
        mark = (topics.ASSESSMENTS.name, given.key, judged.model_dump_json().encode())
        batch.watermarks.append(mark)

    def _command(self, batch: _Batch, given: Input) -> None:
        event = COMMANDS.validate_json(given.value)
        series = self._series(batch, given)
        step = take_command(series.state, event)
        if step.reason == "unknown_alert":
            self._refuse(batch, given, f"no alert {event.data.alert} in {given.key.decode()}")
            return
        self._write(batch, given.key, step)
        series.keep(step)

    def _tick(self, batch: _Batch, given: Input) -> None:
        at = Tick.model_validate_json(given.value).at
        series = self._series(batch, given)
        step = take_tick(series.state, at, self._settings)
        self._write(batch, given.key, step)
        series.keep(step)

    def _write(self, batch: _Batch, key: bytes, step: Step) -> None:
        for row in step.assessments:
            record = (topics.ASSESSMENTS.name, key, row.model_dump_json().encode())
            batch.results.append(record)
        for changed in step.transitions:
            line = changed.model_dump_json().encode()
            batch.results.append((topics.ALERTS.name, key, line))
            for receiver in self._receivers:
                notice = notice_of(changed, receiver)
                if notice is not None:
                    body = notice.model_dump_json().encode()
                    batch.results.append((topics.NOTICES.name, notice.alert.encode(), body))
