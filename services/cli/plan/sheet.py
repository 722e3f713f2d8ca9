"""A plan as an .xlsx workbook: the one door to openpyxl."""

import io
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from services.cli.failures import CommandError
from services.cli.plan import cells
from services.cli.plan.cells import BadCellError, Cell
from services.cli.plan.columns import COLUMNS, LAMPS, Column, by_heading
from services.cli.plan.harmless import harmless
from services.cli.plan.limits import ROWS
from services.cli.plan.target import Entry, Fault, Place

SHEET, GUIDE = "目标", "填写说明"
NAMES = {"indicators": "指标", "entities": "对象"}
# Headings beyond these are of no plan.
_WIDTH = 100
_FIRST_ROW = 2


def read(path: Path, packed: bytes) -> Iterator[Entry | Fault]:
    """The targets of the sheet 目标 (else of the first one), or what is wrong with each."""
    harmless(path, packed)
    with warnings.catch_warnings():
        # It tells of decoration that it does not keep.
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(io.BytesIO(packed), read_only=True, keep_links=False)
            sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
            rows = [list(row) for row in sheet.iter_rows(max_row=ROWS + 2, max_col=_WIDTH)]
        # A damaged file fails in openpyxl in whichever way its damage happens to.
        except Exception as error:
            raise CommandError(
                f"{path.name} 不是可以读取的 .xlsx 文件，请在表格软件中另存一次",
                f"{path.name} is no readable .xlsx file: save it again ({type(error).__name__})",
            ) from error
    if len(rows) > ROWS + 1:
        raise CommandError(
            f"{path.name} 超过 {ROWS} 行，请分成几个文件",
            f"{path.name} has more than {ROWS} rows: split it",
        )
    if not rows:
        raise CommandError(f"{path.name} 是空的", f"{path.name} is empty")
    yield from _entries(path, rows)


def _entries(path: Path, rows: Sequence[Sequence[Any]]) -> Iterator[Entry | Fault]:
    columns = _columns(path, [cell.value for cell in rows[0]])
    for number, row in enumerate(rows[1:], _FIRST_ROW):
        if any(cell.value not in (None, "") for cell in row):
            yield _entry(number, row, columns)


def _columns(path: Path, headings: Sequence[Any]) -> dict[int, Column]:
    found: dict[int, Column] = {}
    for index, heading in enumerate(headings):
        if heading in (None, ""):
            continue
        column = by_heading(str(heading))
        letter = get_column_letter(index + 1)
        if column is None:
            raise CommandError(
                f"{path.name} 第 1 行 {letter} 列：没有“{str(heading)[:40]}”这一列，"
                "请用 pacekeeper targets template 的表头",
                f"row 1, column {letter}: there is no column '{str(heading)[:40]}': use the "
                "headings of `pacekeeper targets template`",
            )
        if column in found.values():
            raise CommandError(
                f"{path.name} 第 1 行 {letter} 列：“{column.heading}”出现两次，请只留一列",
                f"row 1, column {letter}: '{column.heading}' is there twice: keep one",
            )
        found[index] = column
    return found


def _entry(number: int, row: Sequence[Any], columns: Mapping[int, Column]) -> Entry | Fault:
    values = {}
    for index, cell in enumerate(row):
        if cell.value in (None, ""):
            continue
        column = columns.get(index)
        heading = column.heading if column else get_column_letter(index + 1)
        try:
            if column is None:
                raise BadCellError(
                    "此列没有表头，请补上表头或清空", "the column has no heading: name or clear it"
                )
            value = cells.read(column, _cell(cell))
        except BadCellError as error:
            return Fault(Place(number, heading), "bad_value", error.zh, error.en)
        if value is not None:
            values[column.path] = value
    return Entry(number, cells.data_of(values))


def _cell(cell: Any) -> Cell:
    if cell.data_type == "f":
        raise BadCellError(
            "单元格是公式，请选择性粘贴为数值", "the cell is a formula: paste it as a value"
        )
    if cell.data_type == "e":
        raise BadCellError(
            f"单元格是错误值 {cell.value}，请改正", f"the cell shows the error {cell.value}"
        )
    return Cell(cell.value, cell.data_type == "n" and "%" in (cell.number_format or ""))


def write(
    path: Path, targets: Iterable[Mapping[str, Any]], names: Mapping[str, Sequence[tuple[str, str]]]
) -> None:
    """A workbook with these targets (canonical data), a drop-down wherever there is a choice.

    `names` are the ids and names of the indicators and entities that there are.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "B2"
    for index, column in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(index)].width = 16
        source = _source(column, names)
        if source:
            choice = DataValidation(type="list", formula1=source, allow_blank=True)
            # An office may have a lamp scheme of its own, and name what is defined only tomorrow.
            choice.showErrorMessage = bool(column.words) and column.words is not LAMPS
            letter = get_column_letter(index)
            choice.add(f"{letter}{_FIRST_ROW}:{letter}{ROWS + 1}")
            sheet.data_validations.append(choice)
    sheet.append([_heading(sheet, column) for column in COLUMNS])
    for target in targets:
        values = cells.values_of(target)
        sheet.append([_value(sheet, column, values.get(column.path)) for column in COLUMNS])
    guide = book.create_sheet(GUIDE)
    guide.append(["列", "必填", "填写说明", "契约字段"])
    for column in COLUMNS:
        guide.append([column.heading, "是" if column.required else "", column.hint, column.path])
    for kind, title in NAMES.items():
        listed = book.create_sheet(title)
        listed.append(["编号", "名称"])
        for row in names.get(kind, ()):
            listed.append([_text(listed, each) for each in row])
    book.save(path)


def _source(column: Column, names: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    if column.words:
        return '"' + ",".join(cells.offered(*pair) for pair in column.words.items()) + '"'
    if column.holds == "flag":
        return '"是,否"'
    known = names.get(column.names, ())
    return f"'{NAMES[column.names]}'!$A$2:$A${len(known) + 1}" if known else ""


def _heading(sheet: Any, column: Column) -> Any:
    cell = _text(sheet, column.heading)
    cell.font = Font(bold=True)
    if column.required:
        cell.fill = PatternFill("solid", fgColor="FFF2CC")
    return cell


def _value(sheet: Any, column: Column, value: Any) -> Any:
    if value is None:
        return None
    written = cells.write(column, value)
    return _text(sheet, written) if isinstance(written, str) else written


def _text(sheet: Any, value: str) -> Any:
    """Text that stays text: what begins with = is no formula."""
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell
