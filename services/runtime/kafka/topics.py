"""Creates topics, and changes their settings."""

from collections.abc import Iterable, Mapping

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from services.runtime.kafka.client import made, translated


def ensure_topics(
    bootstrap: str, topics: Iterable[tuple[str, int, dict[str, str]]], copies: int
) -> None:
    """Create the topics (name, partitions, configuration) that are not there yet."""
    with translated():
        admin = made(KafkaAdminClient, bootstrap, client_id="ensure-topics")
        try:
            there = set(admin.list_topics())
            missing = {
                name: {
                    "num_partitions": partitions,
                    "replication_factor": copies,
                    "configs": configs,
                }
                for name, partitions, configs in topics
                if name not in there
            }
            if missing:
                admin.create_topics(missing, raise_errors=False, wait_for_metadata=True)
        finally:
            admin.close()


def set_topics(bootstrap: str, configs: Mapping[str, Mapping[str, str]]) -> None:
    """Change these settings of topics that are there, and no others."""
    with translated():
        admin = made(KafkaAdminClient, bootstrap, client_id="set-topics")
        try:
            admin.alter_configs(
                [
                    ConfigResource(ConfigResourceType.TOPIC, name, dict(changed))
                    for name, changed in configs.items()
                ]
            )
        finally:
            admin.close()
