"""Two real inventories of one city's public stations, and what a department would send of them.

Shenzhen, two dates of largely the same stations; tests/data/SOURCES.md says where they are from.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.builders import raw_event

ENTITY = "shenzhen"
_FOLDER = Path(__file__).parent / "data" / "chargers"


class Station(NamedTuple):
    """A row of an inventory."""

    station: str
    point: tuple[str, str]
    piles: int


class Inventory(NamedTuple):
    """The stations of one file, the day they are told of, whose they are."""

    name: str
    source: str
    licence: str
    day: str
    stations: Sequence[Station]

    def updates(self) -> Iterator[bytes]:
        """A charger each pile; a station without piles has nothing to tell."""
        for station, (lon, lat), piles in self.stations:
            for pile in range(piles):
                data = {
                    "station": station,
                    "charger": f"{station}-{pile}",
                    "operator": "inventory",
                    "use": "public",
                    "status_at": f"{self.day}T00:00:00+08:00",
                    "connectors": [],
                    "stage": "in_service",
                    "entity": ENTITY,
                    "location": {"lon": lon, "lat": lat, "crs": "gcj02"},
                }
                yield raw_event("charger.updated", data, id=f"{self.day}-{station}-{pile}")

    def as_known(self, known: "Inventory") -> "Inventory":
        """The same under the ids of an earlier one, where a point is of one station."""
        shared = Counter(each.point for each in known.stations)
        shared |= Counter(each.point for each in self.stations)
        ids = {each.point: each.station for each in known.stations if shared[each.point] == 1}
        return self._replace(
            stations=[
                each._replace(station=ids.get(each.point, each.station)) for each in self.stations
            ]
        )


def _stations(file: str, count: str, prefix: str) -> list[Station]:
    with (_FOLDER / file).open(encoding="utf-8", newline="") as rows:
        return [
            Station(
                prefix + row["station_id"],
                (row["longitude"], row["latitude"]),
                int(row[count]),
            )
            for row in csv.DictReader(rows)
        ]


def st_evcdp() -> Inventory:
    """The stations of summer 2022."""
    return Inventory(
        "ST-EVCDP",
        "github.com/IntelligentSystemsLab/ST-EVCDP datasets/stations.csv"
        " at c9f048b3faf4a022724720c9610119d60010b338",
        "MIT",
        "2022-07-01",
        _stations("st_evcdp_stations.csv", "count", "st-"),
    )


def urban_ev() -> Inventory:
    """The stations of the winter after it."""
    return Inventory(
        "UrbanEV",
        "github.com/IntelligentSystemsLab/UrbanEV data/inf.csv"
        " at 14a019a3456a7bfafe32ac660ef10a2fb7b7fe4f",
        "CC0 1.0",
        "2023-02-01",
        _stations("urbanev_stations.csv", "charge_count", "ue-"),
    )
