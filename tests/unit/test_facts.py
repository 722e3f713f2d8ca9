"""What a series says, now and at every earlier moment."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from schemas import period
from schemas.data import IndicatorDefined, Measure
from schemas.events import parse_event
from services.aggregate.decode import fact_span
from services.aggregate.facts import Series
from services.aggregate.store import Figure, Vintage
from tests.builders import defined

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
PERIODS = ["2024-01", "2024-02", "2024-03", "2024-01/2024-02", "2024-Q1", "2024-04", "2023-12"]
Told = tuple[str, str, int, int | None]


def indicator(**changed: object) -> IndicatorDefined:
    data = parse_event(defined(**changed)).data
    assert isinstance(data, IndicatorDefined)
    return data


def figures(told: list[Told], unit: str = "万辆") -> list[Figure]:
    """Figures of (period, measure, day of publication, value); a deletion has no value."""
    found: dict[tuple[str, date, date], list[Vintage]] = {}
    for offset, (name, measure, day, value) in enumerate(told):
        span = fact_span(Measure(measure), period.parse(name))
        found.setdefault((measure, *span), []).append(
            Vintage(
                FIRST + timedelta(days=day),
                0,
                offset,
                0,
                None if value is None else Decimal(value),
                unit,
                "M" if value is None else "P",
                f"e-{offset}",
            )
        )
    return [
        Figure("i", "e", "", Measure(measure), start, end, tuple(sorted(vintages)), FIRST)
        for (measure, start, end), vintages in found.items()
    ]


def said(series: Series) -> dict[tuple[str, str], tuple[Decimal, bool]]:
    return {(f.measure.value, f.period): (f.value, f.derived) for f in series.facts()}


def said_at(series: Series, at: datetime) -> dict[tuple[str, str], Decimal]:
    """The derived figures at a moment, from the row as it is stored."""
    row = series.row("e", 1)
    found: dict[tuple[str, str], Decimal] = {}
    for measure, name, value, recorded, derived in zip(
        row.past_measure,
        row.past_period,
        row.past_value,
        row.past_recorded_at,
        row.past_derived,
        strict=True,
    ):
        if derived and recorded <= at:
            found.pop((measure, name), None)
            if value is not None:
                found[measure, name] = value
    return found


TOLD = st.lists(
    st.tuples(
        st.sampled_from(PERIODS),
        st.sampled_from(["period", "cumulative"]),
        st.integers(0, 5),
        st.none() | st.integers(0, 9),
    ),
    max_size=12,
)


@given(TOLD, st.integers(0, 5))
def test_what_followed_at_a_moment_is_what_follows_from_what_was_known_then(
    told: list[Told], day: int
) -> None:
    at = FIRST + timedelta(days=day)
    known = Series(indicator(), figures([each for each in told if each[2] <= day]))
    derived = {name: value for name, (value, derived) in said(known).items() if derived}
    assert said_at(Series(indicator(), figures(told)), at) == derived


@given(TOLD, st.randoms())
def test_the_order_of_arrival_changes_nothing(told: list[Told], shuffled: object) -> None:
    told = [(name, measure, n, value) for n, (name, measure, _, value) in enumerate(told)]
    before = said(Series(indicator(), figures(told)))
    getattr(shuffled, "shuffle")(told)  # noqa: B009
    assert said(Series(indicator(), figures(told))) == before


def test_a_derived_figure_has_a_vintage_for_each_moment_its_basis_changed() -> None:
    told: list[Told] = [
        ("2024-01", "period", 1, 10),
        ("2024-02", "period", 2, 20),
        ("2024-01", "period", 3, 11),
    ]
    facts = {f.period: f for f in Series(indicator(), figures(told)).facts() if f.derived}
    assert (facts["2024-01"].vintages, facts["2024-02"].vintages) == (2, 2)
    assert facts["2024-02"].recorded_at == FIRST + timedelta(days=3)
    assert facts["2024-02"].first_recorded_at == FIRST + timedelta(days=2)


def test_two_vintages_of_one_moment_are_two() -> None:
    told: list[Told] = [("2024-01", "cumulative", 1, 10), ("2024-01", "cumulative", 1, 12)]
    (fact, _) = Series(indicator(), figures(told)).facts()
    assert (fact.value, fact.vintages) == (Decimal(12), 2)


def test_what_follows_goes_on_where_a_figure_is_taken_back_as_it_is_published() -> None:
    told: list[Told] = [
        ("2024-01", "period", 1, 10),
        ("2024-01", "cumulative", 2, 12),
        ("2024-01", "cumulative", 2, None),
    ]
    (cumulative,) = (
        lines
        for key, lines in Series(indicator(), figures(told)).told().items()
        if key.measure is Measure.CUMULATIVE
    )
    values = [[each.fact and each.fact.value for each in line] for line in cumulative]
    assert values == [[12, None], [10]]


def test_figures_are_in_the_unit_of_the_newest_definition() -> None:
    told: list[Told] = [("2024-01", "cumulative", 1, 415_000)]
    found = said(Series(indicator(), figures(told, unit="辆")))
    assert found["cumulative", "2024-01"] == (Decimal("41.5"), False)


def test_a_growth_beside_amounts_stays_in_per_cent() -> None:
    told: list[Told] = [("2024-01", "rate", 1, 7)]
    row = Series(indicator(), figures(told, unit="%")).row("e", 1)
    assert row.now_unit == ["%"]
    rate = indicator(measure="rate", unit="位")
    assert Series(rate, figures(told, unit="位")).row("e", 1).now_unit == ["位"]


def test_below_a_forecast_what_follows_goes_on_unseen() -> None:
    told: list[Told] = [("2024-01", "period", 1, 10), ("2024-01", "cumulative", 2, 12)]
    one, two = figures(told)
    forecast = two._replace(vintages=(two.vintages[0]._replace(status="F"),))
    taken_back = forecast.vintages[0]._replace(
        recorded_at=FIRST + timedelta(days=4), value=None, status="M"
    )
    under = Series(indicator(), [one, forecast])
    total = [f for f in under.facts() if f.measure is Measure.CUMULATIVE]
    assert [(f.value, f.status, f.derived) for f in total] == [(12, "F", False), (10, "P", True)]
    row = under.row("e", 1)
    assert list(zip(row.now_measure, row.now_value, row.now_status, strict=True)) == [
        ("period", 10, "P"),
        ("cumulative", 12, "F"),
    ]
    after = Series(indicator(), [one, forecast._replace(vintages=(*forecast.vintages, taken_back))])
    days = {day: said_at(after, FIRST + timedelta(days=day)) for day in range(1, 5)}
    there = {("cumulative", "2024-01"): Decimal(10)}
    assert days == {1: there, 2: {}, 3: {}, 4: there}
    row = after.row("e", 1)
    assert list(zip(row.now_measure, row.now_derived, row.now_vintages, strict=True)) == [
        ("period", False, 1),
        ("cumulative", True, 2),
    ]
