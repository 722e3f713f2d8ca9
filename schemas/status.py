"""Observation status (SDMX code list CL_OBS_STATUS) and the classes that compare."""

from enum import StrEnum


class Status(StrEnum):
    """How final a figure is."""

    FINAL = "A"  # 最终核实
    BREAK = "B"  # break in the series
    DEFINITION = "D"  # scope or definition differs
    ESTIMATE = "E"  # 预计
    FORECAST = "F"
    EXPERIMENTAL = "G"  # simulated
    MISSING = "M"  # published by mistake and taken back
    PRELIMINARY = "P"  # 初步核算
    UNCHECKED = "V"  # received unchecked


class StatusClass(StrEnum):
    """Figures of one class may be compared with one another."""

    FINAL = "final"
    PRELIMINARY = "preliminary"
    ESTIMATE = "estimate"
    SIMULATED = "simulated"
    FORECAST = "forecast"
    OWN_SCOPE = "own_scope"


CLASS_OF = {
    Status.FINAL: StatusClass.FINAL,
    Status.PRELIMINARY: StatusClass.PRELIMINARY,
    Status.UNCHECKED: StatusClass.PRELIMINARY,
    Status.ESTIMATE: StatusClass.ESTIMATE,
    Status.EXPERIMENTAL: StatusClass.SIMULATED,
    Status.FORECAST: StatusClass.FORECAST,
    Status.BREAK: StatusClass.OWN_SCOPE,
    Status.DEFINITION: StatusClass.OWN_SCOPE,
}
