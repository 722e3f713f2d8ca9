"""The environment, read once into one object."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

_Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """Every setting has the prefix PACEKEEPER_ in the environment."""

    model_config = SettingsConfigDict(env_prefix="PACEKEEPER_", extra="ignore", frozen=True)

    home: Path = Path(".pacekeeper")
    kafka_bootstrap: str = ""
    kafka_port: _Port = 9092
    clickhouse_url: str = ""
    clickhouse_port: _Port = 8123
    clickhouse_user: str = "pacekeeper"
    clickhouse_password: SecretStr = SecretStr("")
    bi_password: SecretStr = SecretStr("")
    admin_key: SecretStr = SecretStr("")
    console_password: SecretStr = SecretStr("")
    operators: Path | None = None
    lamps: Path | None = None
    listen: str = "127.0.0.1"
    ingest_port: _Port = 8600
    console_port: _Port = 8610
    aggregate_port: _Port = 8620
    ingest_url: str = ""
    flush_ms: Annotated[int, Field(ge=1, le=1_000)] = 50
    block_rows: Annotated[int, Field(ge=1, le=1_000_000)] = 20_000
    reject_limits: bool = True
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    clear_periods: Annotated[int, Field(ge=1, le=24)] = 1
    escalate_hours: Annotated[int, Field(ge=0, le=720)] = 24
    retention_days: Annotated[int, Field(ge=8, le=3_650)] = 90
    raw_months: Annotated[int, Field(ge=1, le=1_200)] | Literal["keep"] = "keep"
    replication_factor: Annotated[int, Field(ge=1, le=9)] = 1
    log_level: Annotated[str, StringConstraints(to_upper=True)] = "INFO"

    @property
    def operators_file(self) -> Path:
        """Where the accounts of the console are kept."""
        return self.operators or self.home / "operators.json"

    @property
    def lamps_file(self) -> Path:
        """Where an office's own schemes of lamps are."""
        return self.lamps or self.home / "lamps.yaml"

    @cached_property
    def ingest_address(self) -> str:
        """Where the public HTTP API answers."""
        return self.ingest_url or f"http://{self.listen}:{self.ingest_port}"


def load() -> Settings:
    """Read the environment; secrets.env of the state folder fills what is not set there.

    Without an address the embedded servers are meant, on their ports of this machine.
    """
    home = Settings().home
    found = Settings(_env_file=home / "secrets.env", _env_file_encoding="utf-8")
    return found.model_copy(
        update={
            "kafka_bootstrap": found.kafka_bootstrap or f"127.0.0.1:{found.kafka_port}",
            "clickhouse_url": found.clickhouse_url or f"http://127.0.0.1:{found.clickhouse_port}",
        }
    )
