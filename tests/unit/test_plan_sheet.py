"""A plan as a workbook: what offices write, what is wrong with it, and what is not even read."""

import io
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from services.cli.failures import CommandError
from services.cli.plan import cells, sheet, target
from services.cli.plan.cells import Cell
from services.cli.plan.columns import COLUMNS, by_field, by_heading
from services.cli.plan.limits import FILE_BYTES, ROWS
from tests.unit.plans import book, faults_of, row, seed, targets_of


def taken(tmp_path: Path, **changed: Any) -> Any:
    (found,) = targets_of(sheet.read(tmp_path, book(tmp_path / "p.xlsx", row(**changed))))
    return found


@pytest.mark.parametrize(
    ("heading", "written"),
    [
        ("目标类型", "达到"),
        ("目标类型", "at_least"),
        ("目标类型", " 达到 at_least "),
        ("年度", "2024"),
        ("年度", 2024.0),
        ("生效日期", date(2024, 1, 1)),
        ("生效日期", datetime.fromisoformat("2024-01-01")),
        ("目标值", "100"),
        ("目标值", 100.0),
        ("须超过", "否"),
        ("须超过", False),
        ("亮灯规则", "标准"),
        ("时序", "按日均衡"),
        ("责任单位", "、"),
        ("督查单位", "  "),
    ],
)
def test_a_cell_may_be_written_in_more_than_one_way(
    tmp_path: Path, heading: str, written: Any
) -> None:
    assert taken(tmp_path, **{heading: written}) == taken(tmp_path)


def test_lists_and_plans_are_written_in_one_cell(tmp_path: Path) -> None:
    found = taken(
        tmp_path,
        责任单位="czgxj、wjgxj, wjfgj",
        时序="分期计划",
        分期值="2024-03=20；2024-06 = 45\n2024=100;",
    )
    assert found.responsible == ("czgxj", "wjgxj", "wjfgj")
    values = {name: str(value) for name, value in found.trajectory.values.items()}
    assert values == {"2024-03": "20", "2024-06": "45", "2024": "100"}
    steps = taken(tmp_path, 时序="steps", 分期值="2024-06-30=3; 2024-12-31=6").trajectory
    assert [(step.on.isoformat(), str(step.value)) for step in steps.steps] == [
        ("2024-06-30", "3"),
        ("2024-12-31", "6"),
    ]


def test_the_goal_value_is_what_the_goal_calls_it(tmp_path: Path) -> None:
    assert str(taken(tmp_path, 目标类型="增长", 目标值=6.5).goal.percent) == "6.5"
    assert taken(tmp_path, 目标类型="位次", 目标值=3.0, 参与排位="wujin、xinbei").goal.at_most == 3


def test_a_sheet_without_anything_is_said_to_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    Workbook().save(path)
    with pytest.raises(CommandError, match="is empty"):
        list(sheet.read(path, path.read_bytes()))


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    rows = (row(), {}, row(目标值="many"))
    found = sheet.read(tmp_path, book(tmp_path / "p.xlsx", *rows, title="Sheet1"))
    assert faults_of(found) == [(4, "目标值", "bad_value")]


@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"目标编号": "整车"}, "目标编号", "bad_value"),
        ({"目标编号": None}, "目标编号", "missing_field"),
        ({"目标值": None}, "目标值", "missing_field"),
        ({"目标值": "=SUM(A1:A9)"}, "目标值", "bad_value"),
        ({"目标编号": "=HYPERLINK(1)"}, "目标编号", "bad_value"),
        ({"目标值": "#REF!"}, "目标值", "bad_value"),
        ({"目标值": float("1e300")}, "目标值", "precision"),
        ({"目标类型": "达标"}, "目标类型", "bad_value"),
        ({"目标类型": "增长", "须超过": "maybe"}, "须超过", "bad_value"),
        ({"目标类型": "高于", "目标值": None}, "比较指标", "missing_field"),
        ({"目标类型": "里程碑", "目标值": None, "里程碑名称": "桥"}, "完成日期", "missing_field"),
        ({"目标类型": "持续下降"}, "目标值", "unknown_field"),
        ({"目标类型": "待下达", "目标值": None}, "下达单位", "missing_field"),
        ({"年度": None}, "年度", "cannot_be_judged"),
        ({"年度": "2024年"}, "年度", "bad_value"),
        ({"生效日期": "2024/1/1"}, "生效日期", "bad_value"),
        ({"生效日期": datetime.fromisoformat("2024-01-01T09:00:00")}, "生效日期", "bad_value"),
        ({"版本": 1.5}, "版本", "bad_value"),
        ({"时序": "分期计划"}, "分期值", "missing_field"),
        ({"时序": "分期计划", "分期值": "2024: 100"}, "分期值", "bad_value"),
        ({"时序": "分期计划", "分期值": "2024=100; 2024=100"}, "分期值", "bad_value"),
        ({"时序": "分期计划", "分期值": "2024=99"}, "分期值", "cannot_be_judged"),
        ({"时序": "分期计划", "分期值": "2024-13=100"}, "分期值", "bad_period"),
        ({"分期值": "2024=100"}, "时序", "missing_field"),
        ({"参考年数": 3}, "时序", "missing_field"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(
    tmp_path: Path, changed: dict[str, Any], column: str, code: str
) -> None:
    found = sheet.read(tmp_path, book(tmp_path / "p.xlsx", row(), row(**changed)))
    assert faults_of(found) == [(3, column, code)]


def test_a_percentage_is_not_guessed_at(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    book(path, row(目标类型="增长", 目标值=0.065))
    made = load_workbook(path)
    made["目标"].cell(2, 8).number_format = "0.0%"
    made.save(path)
    assert faults_of(sheet.read(path, path.read_bytes())) == [(2, "目标值", "bad_value")]


def test_a_value_without_a_heading_is_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    book(path, row())
    made = load_workbook(path)
    made["目标"].cell(2, 20).value = "?"
    made.save(path)
    assert faults_of(sheet.read(path, path.read_bytes())) == [(2, "T", "bad_value")]


@pytest.mark.parametrize(
    ("headings", "said"),
    [(["目标编号", "负责人"], "column 'B|column B"), (["目标编号", "target"], "there twice")],
)
def test_headings_that_are_not_of_the_template_are_named(
    tmp_path: Path, headings: list[str], said: str
) -> None:
    path = tmp_path / "p.xlsx"
    book(path, row())
    made = load_workbook(path)
    for index, heading in enumerate(headings, 1):
        made["目标"].cell(1, index).value = heading
    made.save(path)
    with pytest.raises(CommandError, match=said):
        list(sheet.read(path, path.read_bytes()))


def rewritten(packed: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    """The same archive with its parts changed and some added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
        for name, text in more.items():
            new.writestr(name, text)
    return out.getvalue()


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def _entities(name: str, text: bytes) -> bytes:
    return LAUGHS + text if name.endswith("sheet1.xml") else text


def _late_entities(name: str, text: bytes) -> bytes:
    far = b"<!--" + b" " * 70_000 + b"-->" + LAUGHS
    return far + text if name.endswith("sheet1.xml") else text


def _wide(name: str, text: bytes) -> bytes:
    return LAUGHS.decode().encode("utf-16") if name.endswith("workbook.xml") else text


def _same(name: str, text: bytes) -> bytes:
    return text


def _cut(name: str, text: bytes) -> bytes:
    return text[: len(text) // 2] if name.endswith("sheet1.xml") else text


def _garbled(name: str, text: bytes) -> bytes:
    return b"<<" + text if name.endswith("sheet1.xml") else text


def _far(name: str, text: bytes) -> bytes:
    return text.replace(b'<row r="2"', b'<row r="1048576"')


@pytest.mark.parametrize(
    ("change", "more", "said"),
    [
        (_entities, {}, "document type"),
        (_late_entities, {}, "document type"),
        (_wide, {}, "document type"),
        (_same, {"xl/vbaProject.bin": b"macro"}, "macros"),
        (_same, {"xl/media/bomb.bin": bytes(65 * 1024 * 1024)}, "unpack"),
        (_same, {f"xl/{n}.bin": b"" for n in range(501)}, "unpack"),
        (_cut, {}, "no readable"),
        (_garbled, {}, "no readable"),
        (_far, {}, "more than"),
    ],
)
def test_a_malicious_or_damaged_workbook_is_not_read(
    tmp_path: Path, change: Callable[[str, bytes], bytes], more: dict[str, bytes], said: str
) -> None:
    packed = rewritten(book(tmp_path / "p.xlsx", row()), change, **more)
    began = time.process_time()
    with pytest.raises(CommandError, match=said):
        list(sheet.read(tmp_path / "p.xlsx", packed))
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "packed", [b"", b"PK", b"not a zip", b"\xd0\xcf\x11\xe0" * 200, bytes(FILE_BYTES + 1)]
)
def test_what_is_no_workbook_is_refused_in_words(packed: bytes) -> None:
    with pytest.raises(CommandError, match="plan.xlsx"):
        list(sheet.read(Path("plan.xlsx"), packed))


def test_a_workbook_that_lies_about_its_size_unpacks_to_no_more_than_it_says(
    tmp_path: Path,
) -> None:
    packed = bytearray(rewritten(book(tmp_path / "p.xlsx", row()), _same, bomb=bytes(10**8)))
    for mark in (b"PK\x01\x02", b"PK\x03\x04"):
        at = packed.rindex(mark)
        size = at + (24 if mark == b"PK\x01\x02" else 22)
        packed[size : size + 4] = (10).to_bytes(4, "little")
    # The part belongs to no sheet, so that nobody unpacks it at all.
    assert len(targets_of(sheet.read(tmp_path, bytes(packed)))) == 1


def test_more_rows_than_a_plan_has_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    sheet.write(path, ({"target": "t", "goal": {"kind": "x"}} for _ in range(ROWS + 1)), {})
    with pytest.raises(CommandError, match=str(ROWS)):
        list(sheet.read(path, path.read_bytes()))


def test_the_template_offers_what_there_is_to_choose(tmp_path: Path) -> None:
    path = tmp_path / "targets.xlsx"
    names = {"indicators": [("gdp", "地区生产总值")], "entities": [("a", "甲"), ("b", "=乙")]}
    sheet.write(path, [], names)
    made = load_workbook(path)
    assert made.sheetnames == ["目标", "填写说明", "指标", "对象"]
    headings = [cell.value for cell in made["目标"][1]]
    assert headings == [column.heading for column in COLUMNS]
    sources = {
        str(each.sqref).split(":")[0]: each.formula1
        for each in made["目标"].data_validations.dataValidation
    }
    assert sources["B2"] == "'指标'!$A$2:$A$2"
    assert sources["C2"] == "'对象'!$A$2:$A$3"
    # Excel takes no longer list than this in one cell's rule.
    assert all(len(source) <= 255 for source in sources.values())
    assert made["对象"]["B3"].data_type == "s"
    assert made["填写说明"].max_row == len(COLUMNS) + 1
    assert list(sheet.read(path, path.read_bytes())) == []


def test_what_is_exported_holds_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    one = seed()[0].model_copy(update={"approved_by": "=cmd|' /C calc'!A0", "scope": "+1"})
    sheet.write(path, [target.canonical(one)], {})
    made = load_workbook(path)["目标"]
    assert "f" not in {cell.data_type for line in made.iter_rows() for cell in line}
    assert targets_of(sheet.read(path, path.read_bytes())) == [one]


def test_every_column_is_found_by_its_heading_and_by_its_path() -> None:
    for column in COLUMNS:
        assert by_heading(f" {column.heading} ") is by_heading(column.path) is column
        assert by_field(f"data.{column.path}") is column
    assert len({column.heading for column in COLUMNS}) == len(COLUMNS)
    assert by_heading("负责人") is by_field("id") is by_field("") is None


def test_only_numbers_mind_how_they_are_shown() -> None:
    (year,) = (column for column in COLUMNS if column.path == "year")
    assert cells.read(year, Cell(2024.0, percent=True)) == 2024
