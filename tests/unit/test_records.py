"""Records between the services: closed, frozen, and the same after a journey as JSON."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from schemas.publish.examples import example, example_text
from schemas.records.alert import AlertChanged
from schemas.records.assessment import Judged
from schemas.records.dossier import Dossier, TargetVersion
from schemas.records.keys import ApiKey
from schemas.records.touched import Touched
from schemas.status import CLASS_OF, Status
from schemas.topics import EVENTS, INDICATORS, TOPICS, series_key

AT = datetime(2024, 7, 10, 1, tzinfo=UTC)


def test_a_record_is_closed_and_frozen():
    key = ApiKey(key_id="k", department="d", scopes=("observe",), sha256="0", created_at=AT)
    with pytest.raises(ValidationError, match="frozen"):
        key.department = "e"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="extra_forbidden"):
        ApiKey.model_validate_json(key.model_dump_json()[:-1] + ',"key":"secret"}')


def test_a_target_in_a_dossier_keeps_the_names_of_the_contract():
    data = example("pacekeeper.target.set.v1")["data"]
    del data["year"]
    data |= {"from": "2024-01-01", "to": "2024-12-31", "goal": {"kind": "assigned", "from": "js"}}
    version = TargetVersion.model_validate(
        {"event_id": "e", "recorded_at": AT, "data": data}, strict=False
    )
    assert '"from":"2024-01-01"' in version.model_dump_json()
    assert TargetVersion.model_validate_json(version.model_dump_json()) == version


def test_a_watermark_and_a_touched_block_come_back_unchanged():
    mark = Judged(indicator="i", entity="e", partition=1, offset=7, at=AT, sequence=3)
    block = Touched(partition=1, offset=7, series=(("i", "e"), ("j", "")))
    assert Judged.model_validate_json(mark.model_dump_json()) == mark
    assert Touched.model_validate_json(block.model_dump_json()) == block


def test_a_transition_is_numbered_from_one():
    shown = example_text("pacekeeper.alert.changed.v1").replace('"seq": 1,', '"seq": 0,')
    with pytest.raises(ValidationError, match="seq"):
        AlertChanged.model_validate_json(shown)


def test_a_value_of_a_dossier_is_exact():
    dossier = Dossier.model_validate_json(example_text("pacekeeper.indicator.changed.v1"))
    assert [str(fact.value) for fact in dossier.facts] == ["25.9", "67.8", "34.6"]
    assert dossier.targets[0].data.span.days == 366


def test_every_status_but_missing_belongs_to_a_class():
    assert set(Status) - CLASS_OF.keys() == {Status.MISSING}


def test_topics_are_named_once_and_compacted_where_nothing_expires():
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)
    assert INDICATORS.cleanup == "compact"
    assert EVENTS.cleanup == "delete"
    assert all((t.cleanup == "compact") is (t.retention_ms is None) for t in TOPICS)


def test_a_series_has_one_key():
    assert series_key("vehicle_output", "changzhou") == "vehicle_output|changzhou"
