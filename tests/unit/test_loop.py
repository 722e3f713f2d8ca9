"""The closed loop: data open, move, cure and withdraw; every transition with its named reason."""

from decimal import Decimal as D

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.records.alert import AlertChanged, AlertState
from schemas.records.assessment import Lamp
from services.alerts.domain.loop import Settings, alert_id
from services.alerts.domain.series import take_dossier
from services.alerts.domain.state import SeriesState
from tests.unit.judging import at_least, dossier, fact, moment, target
from tests.unit.stories import GOAL, MONTHLY, Story


def test_an_alert_opens_when_a_target_falls_behind() -> None:
    story = Story(target(at_least("100"), trajectory=MONTHLY, lead="czgxj", responsible=["u1"]))
    assert story.given(m03="24") == [("behind", "open", "behind", "2024-03")]
    opened = story.last
    assert (opened.alert, opened.seq, opened.lamp, opened.severity) == (
        "t-behind-1",
        1,
        Lamp.YELLOW,
        "medium",
    )
    assert (opened.gap, opened.lead, opened.responsible) == (D(-1), "czgxj", ("u1",))
    assert (opened.opened_period, opened.by, opened.basis) == ("2024-03", "data", ("2024-03=24",))


def test_it_follows_every_newer_period_and_every_correction_of_the_newest() -> None:
    story = Story()
    story.given(m03="24")
    assert story.given(m04="20") == [("behind", "open", "still_behind", "2024-04")]
    assert (story.last.lamp, story.last.severity, story.last.seq) == (Lamp.RED, "high", 2)
    assert story.last.opened_period == "2024-03"
    assert story.given(m04="21") == [("behind", "open", "correction", "2024-04")]
    assert story.given(m03="23") == []  # an older period is not the latest
    assert story.arrives() == []


def test_only_newer_data_cure_and_the_alert_closes_in_the_same_step() -> None:
    story = Story()
    story.given(m03="24")
    assert story.given(m04="34") == [
        ("behind", "cured", "cured", "2024-04"),
        ("behind", "closed", "cured", "2024-04"),
    ]
    assert story.last.closed_at == story.last.at
    assert (story.last.seq, story.last.severity) == (3, "low")


def test_a_correction_that_shows_it_never_was_withdraws_and_names_both_vintages() -> None:
    story = Story()
    story.given(m03="24")
    assert story.given(m03="25") == [("behind", "withdrawn", "correction", "2024-03")]
    assert story.last.basis == ("2024-03=24", "2024-03=25")


def test_after_a_withdrawal_a_new_alert_is_opened() -> None:
    story = Story()
    story.given(m03="24")
    story.given(m03="25")
    assert story.given(m03="20") == [("behind", "open", "correction", "2024-03")]
    assert (story.last.alert, story.last.seq, story.last.reopened) == ("t-behind-2", 1, 0)


def test_a_closed_alert_is_reopened_by_a_restatement() -> None:
    story = Story()
    story.given(m03="24")
    story.given(m04="34")
    assert story.given(m04="30") == [("behind", "open", "correction", "2024-04")]
    assert (story.last.alert, story.last.seq, story.last.reopened) == ("t-behind-1", 4, 1)
    assert (story.last.opened_period, story.last.closed_at) == ("2024-03", None)


def test_a_closed_alert_is_reopened_by_a_relapse() -> None:
    story = Story()
    story.given(m03="24")
    story.given(m04="34")
    assert story.given(m05="30") == [("behind", "open", "relapse", "2024-05")]
    assert story.last.reopened == 1


def test_a_period_that_is_still_behind_makes_the_way_back_a_cure() -> None:
    """April is corrected to green, March stays red: cured, not withdrawn."""
    story = Story()
    story.given(m03="20")
    story.given(m04="20")
    assert story.given(m04="34") == [
        ("behind", "cured", "correction", "2024-04"),
        ("behind", "closed", "correction", "2024-04"),
    ]


def test_deleting_the_only_ground_withdraws() -> None:
    story = Story()
    story.given(m02="17")
    story.given(m03="20")
    assert story.given(m03=None) == [("behind", "withdrawn", "correction", "2024-02")]


def test_deleting_the_only_figure_withdraws() -> None:
    story = Story()
    story.given(m03="20")
    assert story.given(m03=None) == [("behind", "withdrawn", "correction", "2024-03")]
    assert story.last.lamp is Lamp.GREY


def test_a_deleted_ground_withdraws_though_a_later_period_is_grey() -> None:
    story = Story()
    story.given(m04="20")
    other = fact("2024-05", "60", "2024-05-28", scope="新口径")
    story.facts["other"] = other
    assert story.arrives() == []  # grey: only another scope's
    assert story.given(m04=None) == [("behind", "withdrawn", "correction", "2024-05")]


def test_a_later_period_that_is_behind_keeps_it_open_without_its_first() -> None:
    story = Story()
    story.given(m04="20")
    story.given(m05="30")
    story.facts["other"] = fact("2024-06", "60", "2024-06-28", scope="新口径")
    story.arrives()
    assert story.given(m04=None) == []


def test_grey_changes_nothing() -> None:
    story = Story()
    story.given(m03="20")
    story.facts["2024-05"] = fact("2024-05", "9", measure="period")
    assert story.arrives() == []
    assert {row.lamp for row in story.state.targets["t"].rows.values()} == {Lamp.RED, Lamp.GREY}


def test_the_first_verdict_over_many_periods_is_the_latest_alone() -> None:
    assert Story().given(m02="1", m03="2", m04="34") == []
    assert Story().given(m02="17", m03="2") == [("behind", "open", "behind", "2024-03")]


def test_with_two_clear_periods_a_cure_waits_for_the_second() -> None:
    story = Story(clear_periods=2)
    story.given(m03="20")
    assert story.given(m04="34") == [("behind", "cured", "cured", "2024-04")]
    assert story.arrives() == []
    assert story.given(m05="42") == [("behind", "closed", "cured", "2024-05")]


def test_while_cured_it_can_fall_behind_again() -> None:
    story = Story(clear_periods=2)
    story.given(m03="20")
    story.given(m04="34")
    assert story.given(m05="30") == [("behind", "open", "relapse", "2024-05")]
    assert story.last.reopened == 0


# --- versions of the target -----------------------------------------------------------------------
LOWER = target(at_least("80"), 2, trajectory=MONTHLY, effective_from="2024-03-02")
HIGHER = target(at_least("160"), 2, trajectory=MONTHLY, effective_from="2024-03-02")


def test_a_new_version_that_removes_the_ground_is_never_called_a_correction() -> None:
    story = Story()
    story.given(m03="24")
    story.targets = (GOAL, LOWER)  # 20 are due by March
    assert story.arrives() == [("behind", "withdrawn", "target_changed", "2024-03")]


def test_what_a_new_version_removes_is_no_correction_though_the_first_period_was_one() -> None:
    """20 of 25 by March, 30 of 33.33 by April; March is corrected to 25; of 80, April has 26.67."""
    story = Story()
    story.given(m03="20")
    story.given(m04="30")
    assert story.given(m03="25") == []
    story.targets = (
        GOAL,
        target(at_least("80"), 2, trajectory=MONTHLY, effective_from="2024-04-01"),
    )
    assert story.arrives() == [("behind", "withdrawn", "target_changed", "2024-04")]


def test_a_withdrawal_names_both_vintages_beside_a_newer_period() -> None:
    story = Story()
    story.given(m04="20")
    story.facts["2024-04"] = fact(
        "2024-04", "40", "2024-05-28", basis=("2024-04=40",), first="2024-04-28"
    )
    assert story.given(m05="50") == [("behind", "withdrawn", "correction", "2024-05")]
    assert story.last.basis == ("2024-04=20", "2024-04=40", "2024-05=50")


def test_a_withdrawal_names_both_vintages_after_a_cure() -> None:
    story = Story(clear_periods=2)
    story.given(m04="20")
    assert story.given(m05="50") == [("behind", "cured", "cured", "2024-05")]
    assert story.given(m04="40") == [("behind", "withdrawn", "correction", "2024-05")]
    assert story.last.basis == ("2024-04=20", "2024-05=50", "2024-04=40")


def test_a_new_version_can_give_the_ground() -> None:
    story = Story()
    assert story.given(m03="25") == []
    story.targets = (GOAL, HIGHER)  # 40 are due by March
    assert story.arrives() == [("behind", "open", "target_changed", "2024-03")]


def test_a_placeholder_that_becomes_a_target_gives_the_ground() -> None:
    story = Story(target({"kind": "assigned", "from": "js"}))
    assert story.given(m03="25") == []
    story.targets = (*story.targets, HIGHER)
    assert story.arrives() == [("behind", "open", "target_changed", "2024-03")]


def test_a_base_that_becomes_known_is_no_correction() -> None:
    story = Story()
    story.facts["2024-03"] = fact("2024-03", "9", measure="period")
    assert story.arrives() == []
    del story.facts["2024-03"]
    assert story.given(m03="9") == [("behind", "open", "behind", "2024-03")]


def test_a_withdrawn_target_closes_its_alerts_and_takes_its_rows_back() -> None:
    story = Story()
    story.given(m03="24")
    story.targets = (GOAL, target({"kind": "withdrawn"}, 2))
    assert story.arrives() == [("behind", "closed", "target_withdrawn", "2024-03")]
    (row,) = story.step.assessments
    assert (row.superseded, row.period, row.version, row.lamp) == (True, "2024-03", 1, Lamp.YELLOW)
    assert story.arrives() == []


# --- names and replays ----------------------------------------------------------------------------
def test_an_alert_id_is_a_name_of_the_contract() -> None:
    assert alert_id("t", "behind", 2) == "t-behind-2"
    long = alert_id("t" * 96, "behind", 1)
    assert len(long) <= 96
    assert long != alert_id("t" * 96, "behind", 2)


def test_a_dossier_seen_before_changes_nothing() -> None:
    story = Story()
    story.given(m03="24")
    known = dossier(list(story.facts.values()), GOAL)
    for offset in (0, -1):
        step = take_dossier(story.state, known, offset, Settings())
        assert (step.state, step.assessments, step.transitions) == (story.state, (), ())


_FIGURES = st.lists(
    st.tuples(st.sampled_from(["m02", "m03", "m04", "m05"]), st.integers(0, 110).map(str)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30)
@given(_FIGURES, st.integers(1, 3))
def test_histories_are_complete_and_replays_say_the_same(
    figures: list[tuple[str, str]], clear_periods: int
) -> None:
    histories: list[list[AlertChanged]] = []
    for _ in range(2):
        story = Story(clear_periods=clear_periods)
        transitions: list[AlertChanged] = []
        for month, value in figures:
            story.given(**{month: value})
            transitions += story.step.transitions
        histories.append(transitions)
        for alert in {changed.alert for changed in transitions}:
            numbers = [changed.seq for changed in transitions if changed.alert == alert]
            assert numbers == list(range(1, len(numbers) + 1))
        lamp = story.state.targets["t"].rows[max(story.state.targets["t"].rows)].lamp
        behind = story.state.targets["t"].alerts.get("behind")
        is_open = behind is not None and behind.last.state is AlertState.OPEN
        assert is_open == (lamp in (Lamp.YELLOW, Lamp.RED))
    assert histories[0] == histories[1]


@settings(max_examples=30)
@given(st.integers(0, 110), st.integers(0, 110))
def test_restating_back_returns_to_the_first_verdict(first: int, second: int) -> None:
    story = Story()
    lamps = []
    for value in (first, second, first):
        story.given(m03=str(value))
        lamps.append(story.state.targets["t"].rows["2024-03"].lamp)
    assert lamps[0] == lamps[2]


def test_a_milestone_that_the_clock_moves_on_was_not_corrected() -> None:
    goal = {"kind": "milestone", "name": "通车", "due": "2024-09-30", "project": "bridge"}
    state, said = SeriesState(), []
    for number, day in enumerate(("2024-08-30", "2024-09-10", "2024-10-01")):
        told = dossier([], target(goal), at=moment(day), beside={"projects": ()})
        step = take_dossier(state, told, number, Settings())
        state = step.state
        said += [(changed.state, changed.reason, changed.lamp) for changed in step.transitions]
    assert said == [
        (AlertState.OPEN, "behind", Lamp.YELLOW),
        (AlertState.OPEN, "still_behind", Lamp.RED),
    ]
