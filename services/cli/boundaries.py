"""`boundaries import`: give a boundary as GeoJSON, in which `coverage` is counted."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from services.cli.aggregate import call, connected
from services.cli.failures import CommandError
from services.cli.screen import put_json, say
from services.cli.stack import AsJson

app = typer.Typer(
    name="boundaries",
    no_args_is_help=True,
    help="区域边界 / boundaries that coverage is counted in.",
)

_GIVEN = "文件中没有时补上 / fills in what the file lacks"


@app.callback()
def boundaries() -> None:
    """区域边界 / boundaries that coverage is counted in."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="GeoJSON，WGS-84，Polygon 或 MultiPolygon")],
    area: Annotated[str, typer.Option(help=f"边界编号 / id. {_GIVEN}")] = "",
    source: Annotated[str, typer.Option(help=f"来源 / where it is from. {_GIVEN}")] = "",
    licence: Annotated[str, typer.Option(help=f"许可 / on what terms. {_GIVEN}")] = "",
    as_json: AsJson = False,
) -> None:
    """导入一个边界，再次导入即替换 / take a boundary; once more replaces it."""
    feature = _feature(_read(file))
    if area:
        feature["id"] = area
    given = {"source": source, "licence": licence}
    told = feature.get("properties")
    feature["properties"] = (told if isinstance(told, dict) else {}) | {
        name: value for name, value in given.items() if value
    }
    with connected() as client:
        answer = call(client, "POST", "/v1/boundaries", content=orjson.dumps(feature))
    if as_json:
        put_json(answer)
    else:
        say(
            f"已导入边界 {answer['area']}，网格 {answer['points']} 点"
            f" / boundary {answer['area']} taken: {answer['points']} points of the grid"
        )


def _read(file: Path) -> Any:
    try:
        return orjson.loads(file.read_bytes())
    except OSError as error:
        raise CommandError(f"无法读取 {file}", f"cannot read {file}: {error.strerror}") from None
    except orjson.JSONDecodeError:
        raise CommandError(f"{file} 不是 JSON", f"{file} is no JSON: give GeoJSON") from None


def _feature(told: Any) -> dict[str, Any]:
    """The one feature of the file; a geometry alone becomes one."""
    if isinstance(told, dict) and told.get("type") == "FeatureCollection":
        features = told.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise CommandError(
                "features：一个文件一个边界，请拆分", "features: one boundary a file, split it"
            )
        crs = {"crs": told["crs"]} if "crs" in told else {}
        (told,) = features
        if isinstance(told, dict):
            told = crs | told
    if isinstance(told, dict) and told.get("type") != "Feature":
        told = {"type": "Feature", "geometry": told}
    if not isinstance(told, dict):
        raise CommandError("type：应为 GeoJSON 对象", "type: must be a GeoJSON object")
    return told
