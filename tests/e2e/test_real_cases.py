"""Cases that really happened, from the front door to what analysts read, on the whole stack."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.builders import defined, observed, raw_event, target
from tests.stack import RunningStack, eventually

LINES = {"Content-Type": "application/x-ndjson"}


class Office:
    """Pushes events, and reads until what follows from them is there."""

    def __init__(self, stack: RunningStack, http: httpx.Client) -> None:
        self._stack = stack
        self._http = http

    def push(self, *events: bytes) -> None:
        answer = self._http.post("/v1/events", content=b"\n".join(events), headers=LINES)
        assert answer.status_code == 202, answer.text
        assert answer.json()["rejected"] == 0, answer.text
        receipt = f"/v1/receipts/{answer.json()['receipt']}"
        eventually(lambda: self._http.get(receipt).json().get("complete"), 60, receipt)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in self._stack.rows(sql)]

    def tells(self, sql: str, *rows: tuple[Any, ...]) -> None:
        """The query comes to answer just these rows; derived ones follow the receipt."""
        try:
            eventually(lambda: self.ask(sql) == list(rows), 30)
        except AssertionError:
            assert self.ask(sql) == list(rows)

    def finds(self, indicator: str, *found: tuple[str, str, str]) -> None:
        """Just these findings (kind, period, state), once the figures are there."""
        known = f"SELECT count() > 0 FROM bi.current_values WHERE indicator = '{indicator}'"
        self.tells(known, (1,))
        self.tells(
            f"SELECT kind, period, state FROM bi.findings WHERE indicator = '{indicator}'"
            " ORDER BY at, kind",
            *found,
        )


@pytest.fixture(scope="module")
def office(stack: RunningStack) -> Iterator[Office]:
    places = {
        "real-china": ("nation", "全国"),
        "real-wujin": ("district", "武进区"),
    }
    entities = [
        raw_event("entity.defined", {"entity": entity, "kind": kind, "name_zh": name}, id=entity)
        for entity, (kind, name) in places.items()
    ]
    with stack.http() as http:
        found = Office(stack, http)
        found.push(*entities)
        yield found


def flow(indicator: str, unit: str, **changed: Any) -> bytes:
    return defined(indicator=indicator, name_zh=indicator, unit=unit, due_days=None, **changed)


def test_june_696_8_and_july_124_3_are_not_july_823_2(office: Office) -> None:
    """China's new-energy car sales of 2023 as they were printed: the sum is 821.1."""
    name, entity = "real_nev_sales", "real-china"
    told = {"indicator": name, "entity": entity}
    office.push(
        flow(name, "万辆"),
        observed("696.8", "2023-06", id="nev-06", time="2023-07-11T09:00:00+08:00", **told),
        observed("124.3", "2023-07", id="nev-07-month", measure="period", **told),
        observed("823.2", "2023-07", id="nev-07", time="2023-08-10T09:00:00+08:00", **told),
    )
    office.finds(name, ("identity_broken", "2023-07", "open"))
    (detail,) = office.ask(f"SELECT detail_zh FROM bi.findings WHERE indicator = '{name}'")
    assert "696.8" in detail[0]
    # A finding changes no figure.
    office.tells(
        "SELECT period, measure, value FROM bi.current_values"
        f" WHERE indicator = '{name}' AND NOT derived ORDER BY measure, period",
        ("2023-06", "cumulative", Decimal("696.8")),
        ("2023-07", "cumulative", Decimal("823.2")),
        ("2023-07", "period", Decimal("124.3")),
    )


def test_charger_additions_that_differ_by_0_1_are_rounding(office: Office) -> None:
    """Public chargers of 2024: 25.1 more by April, 32.3 by May; May alone was printed as 7.3."""
    name = "real_chargers_added"
    told = {"indicator": name, "entity": "real-china", "unit": "万台"}
    office.push(
        flow(name, "万台"),
        observed("25.1", "2024-04", id="chargers-04", **told),
        observed("7.3", "2024-05", id="chargers-05-month", measure="period", **told),
        observed("32.3", "2024-05", id="chargers-05", **told),
    )
    office.finds(name)


def test_the_three_values_of_wujins_gdp_are_of_two_scopes(office: Office) -> None:
    """2023: 3240 estimated, then 3222.84 with the economic zone and 2239.58 without."""
    name = "real_gdp"
    told = {"indicator": name, "entity": "real-wujin", "unit": "亿元", "measure": "period"}
    whole, without = {"scope": "含经开区"}, {"scope": "不含经开区"}
    final = {"status": "P", "time": "2024-04-30T09:00:00+08:00"}
    office.push(
        flow(name, "亿元", frequency="year", levels_comparable=False),
        observed(
            "3240",
            "2023",
            id="gdp-e",
            status="E",
            time="2023-12-28T09:00:00+08:00",
            **told,
            **whole,
        ),
        observed("3222.84", "2023", id="gdp-with", **told, **whole, **final),
        observed("2239.58", "2023", id="gdp-without", **told, **without, **final),
    )
    office.tells(
        "SELECT scope, value, status, vintages FROM bi.current_values"
        f" WHERE indicator = '{name}' AND measure = 'period' ORDER BY value",
        ("不含经开区", Decimal("2239.58"), "P", 1),
        ("含经开区", Decimal("3222.84"), "P", 2),
    )
    # No fall from one scope to the other: a change is within one.
    office.tells(
        f"SELECT scope, vintage, value, change FROM bi.revisions WHERE indicator = '{name}'"
        " AND measure = 'period' ORDER BY scope, vintage",
        ("不含经开区", 1, Decimal("2239.58"), None),
        ("含经开区", 1, Decimal("3240"), None),
        ("含经开区", 2, Decimal("3222.84"), Decimal("-17.16")),
    )
    office.finds(name)
    office.tells(
        "SELECT value, status FROM bi.values_as_of(at='2024-01-01 00:00:00')"
        f" WHERE indicator = '{name}' AND measure = 'period'",
        (Decimal("3240"), "E"),
    )
    growth = "real_gdp_growth"
    formula = {"kind": "yoy", "indicator": name}
    office.push(
        flow(growth, "%", measure="rate", formula=formula),
        observed(
            "3100", "2022", id="gdp-2022", scope="含经开区", time="2023-04-30T09:00:00Z", **told
        ),
    )
    office.tells(
        f"SELECT DISTINCT scope, reason FROM bi.undefined_values WHERE indicator = '{growth}'"
        " AND period = '2023' ORDER BY scope",
        ("不含经开区", "levels_not_comparable"),
        ("含经开区", "levels_not_comparable"),
    )


def test_january_alone_is_grey_and_february_is_judged_with_it(office: Office) -> None:
    name, entity = "real_deliveries", "real-wujin"
    told = {"indicator": name, "entity": entity, "unit": "辆", "measure": "period"}
    office.push(
        flow(name, "辆"),
        target(
            target="real-deliveries-2024",
            indicator=name,
            entity=entity,
            goal={"kind": "at_least", "value": "1200"},
            trajectory={"kind": "linear_months"},
        ),
        observed("80", "2024-01", id="del-01", time="2024-02-01T09:00:00+08:00", **told),
    )
    latest = "SELECT period, lamp, reason FROM bi.latest_assessments WHERE target = '{}'"
    of_target = latest.format("real-deliveries-2024")
    office.tells(of_target, ("2024-01", "grey", "jan_feb"))
    office.push(observed("130", "2024-02", id="del-02", time="2024-03-01T09:00:00+08:00", **told))
    office.tells(of_target, ("2024-02", "green", "on_pace"))


def test_3500_new_chargers_after_4600_stays_the_target(office: Office) -> None:
    name, entity = "real_new_chargers", "real-wujin"
    told = {"indicator": name, "entity": entity, "unit": "台"}
    office.push(
        flow(name, "台"),
        target(
            target="real-chargers-2024",
            indicator=name,
            entity=entity,
            goal={"kind": "at_least", "value": "3500"},
            trajectory={"kind": "linear_months"},
        ),
        observed("4600", "2023-12", id="new-2023", time="2024-01-10T09:00:00+08:00", **told),
        observed("900", "2024-03", id="new-2024", time="2024-04-10T09:00:00+08:00", **told),
    )
    office.tells(
        "SELECT goal_value, expected, lamp FROM bi.latest_assessments AS a"
        " JOIN bi.targets AS t ON a.target = t.target WHERE target = 'real-chargers-2024'",
        (Decimal("3500"), Decimal("875"), "green"),
    )
    office.finds(name)


def test_one_release_corrects_thirteen_months_at_once(office: Office) -> None:
    """A seasonally adjusted series: each month is there twice, the newer one counts."""
    name = "real_adjusted"
    told = {"indicator": name, "entity": "real-china", "unit": "万辆", "measure": "period"}
    months = [f"2023-{month:02}" for month in range(1, 13)] + ["2024-01"]
    office.push(
        flow(name, "万辆"),
        *(
            observed(f"{n}.5", month, id=f"adj-1-{n}", time="2024-02-10T09:00:00+08:00", **told)
            for n, month in enumerate(months, 10)
        ),
    )
    office.push(
        *(
            observed(f"{n}.7", month, id=f"adj-2-{n}", time="2024-03-10T09:00:00+08:00", **told)
            for n, month in enumerate(months, 10)
        )
    )
    office.tells(
        "SELECT count(), min(vintages), countIf(endsWith(toString(value), '.7'))"
        f" FROM bi.current_values WHERE indicator = '{name}' AND measure = 'period'",
        (13, 2, 13),
    )
    office.tells(
        f"SELECT value FROM bi.current_values WHERE indicator = '{name}'"
        " AND measure = 'cumulative' AND period = '2023-12'",
        (sum((Decimal(f"{n}.7") for n in range(10, 22)), Decimal(0)),),
    )


def test_year_to_date_under_the_names_of_quarters_is_no_quarter(office: Office) -> None:
    """Q1, H1, Q1–Q3 and the year under the names of quarters, as they are published."""
    name = "real_quarterly"
    told = {"indicator": name, "entity": "real-wujin", "unit": "亿元"}
    office.push(
        flow(name, "亿元", frequency="quarter"),
        observed("700.1", "2024-Q1", id="q1", **told),
        observed("1502.3", "2024-Q2", id="q2", time="2024-07-20T09:00:00+08:00", **told),
    )
    office.tells(
        f"SELECT period, measure, value, derived FROM bi.current_values WHERE indicator = '{name}'"
        " ORDER BY measure, period",
        ("2024-03", "cumulative", Decimal("700.1"), False),
        ("2024-06", "cumulative", Decimal("1502.3"), False),
    )


def test_ten_thousand_times_too_much_is_suspected_and_closed_by_a_correction(
    office: Office,
) -> None:
    name = "real_slip"
    told = {"indicator": name, "entity": "real-wujin"}
    office.push(
        flow(name, "元"),
        observed("12.5", "2023-06", id="slip-2023", unit="亿元", **told),
        observed("13.1", "2024-06", id="slip-2024", unit="万元", **told),
    )
    office.finds(name, ("unit_suspect", "2024-06", "open"))
    office.push(
        observed("13.1", "2024-06", id="right", unit="亿元", time="2024-07-12T09:00:00Z", **told)
    )
    office.finds(name, ("unit_suspect", "2024-06", "corrected"))
