"""A dossier is read back as what was written."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from schemas.data import IndicatorDefined, Measure, TargetSet
from schemas.events import parse_event
from schemas.records.dossier import Dossier, TargetVersion
from schemas.records.dossier import Fact as Told
from schemas.status import Status
from services.aggregate.dossier import About, Writer, exactly
from services.aggregate.fact import Fact
from tests.builders import defined, target

NOW = datetime(2024, 7, 10, 1, 2, 3, 456789, tzinfo=UTC)
MOMENTS = st.integers(0, 5 * 10**15).map(lambda us: NOW + timedelta(microseconds=us))
DAYS = st.dates(date(1970, 1, 1), date(2148, 1, 1))
TEXTS = st.text(st.characters(codec="utf-8"), max_size=5)
FACTS = st.lists(
    st.builds(
        Fact,
        TEXTS,
        st.sampled_from(Measure),
        DAYS,
        DAYS,
        TEXTS,
        st.decimals(-(10**27), 10**27, places=10) | st.sampled_from([Decimal("1E+3"), Decimal(0)]),
        st.sampled_from(Status),
        MOMENTS,
        MOMENTS,
        st.integers(0, 9),
        st.just(False),
        TEXTS,
        st.just(()),
    ),
    max_size=3,
)


def indicator() -> IndicatorDefined:
    data = parse_event(defined(tolerance="0.5")).data
    assert isinstance(data, IndicatorDefined)
    return data


def version() -> TargetVersion:
    data = parse_event(target()).data
    assert isinstance(data, TargetSet)
    return TargetVersion(event_id="t-1", recorded_at=NOW, data=data)


def read(fact: Fact) -> Told:
    said = fact._asdict()
    del said["event"], said["grounds"], said["where"]
    return Told(**said, basis=fact.basis)


@given(FACTS, TEXTS)
def test_what_is_written_is_read_back(facts: list[Fact], name: str) -> None:
    facts += [fact._replace(derived=True, grounds=tuple(facts[n:])) for n, fact in enumerate(facts)]
    about = About(indicator(), "changzhou", name, "", 3, -1, {3: 7}, NOW)
    body = Writer().write(about, facts, [version()])
    assert Dossier.model_validate_json(body) == Dossier(
        **about._asdict(),
        facts=tuple(map(read, facts)),
        targets=(version(),),
    )


def test_two_names_of_one_fact_recorded_at_one_moment_say_which_came_later() -> None:
    name, first, last = Measure.PERIOD, date(2024, 1, 1), date(2024, 6, 30)
    half = Fact("", name, first, last, "2024-H1", Decimal(5), Status.PRELIMINARY, NOW, NOW)
    total = half._replace(measure=Measure.CUMULATIVE, period="2024-06", where=(3, 7, 1))
    others = [
        half._replace(where=(3, 8, 0)),
        half._replace(start=date(2024, 4, 1)),
        half._replace(scope="zone"),
        total._replace(recorded_at=NOW + timedelta(days=1)),
    ]
    about = About(indicator(), "changzhou", "", "", 3, -1, {}, NOW)
    dossier = Dossier.model_validate_json(Writer().write(about, [total, *others], []))
    told = [(3, 7, 1), (3, 8, 0), None, None, None]
    assert [fact.coordinates for fact in dossier.facts] == told


def test_a_definition_changed_in_between_is_written_anew() -> None:
    writer = Writer()
    for unit in ("辆", "万辆"):
        other = indicator().model_copy(update={"unit": unit})
        about = About(other, "changzhou", "", "", 3, -1, {}, NOW)
        for _ in range(2):
            assert Dossier.model_validate_json(writer.write(about, [], [])).indicator.unit == unit


def test_a_value_is_written_without_an_exponent() -> None:
    values = [Decimal("1E+3"), Decimal("0E-10"), Decimal("-41.50")]
    assert [exactly(value) for value in values] == ["1000", "0.0000000000", "-41.50"]
