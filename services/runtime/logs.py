"""Structured logs, one JSON-free line each on a terminal's stream: time, level, event, fields."""

import logging
import sys

import structlog


def configure(level: str = "INFO") -> None:
    """Send every log line of the process to stderr in one shape."""
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("kafka").setLevel(logging.ERROR)
    # Who joined a group and who fell out of it: a few lines, and nobody else tells.
    logging.getLogger("kafka.coordinator").setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # What is away is told by whoever tries again, once per attempt.
    for driver in ("clickhouse_connect", "urllib3.connectionpool"):
        logging.getLogger(driver).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "event"], bool_as_flag=False
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        # Whatever stderr is at the time: a logger outlives the stream it first wrote to.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def get(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger that names its part; it takes the configuration in force at its first line."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=name)
    return logger
