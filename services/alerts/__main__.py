"""`python -m services.alerts`: judges and notifies until SIGTERM."""

import gc
import sys
import time

from services.alerts.agents import EX_SOFTWARE, Worker
from services.alerts.app import create_topics, flag, make_app, run
from services.alerts.notify.channels.webhook import WebhookChannel
from services.runtime import clock, lamps, logs
from services.runtime.errors import PacekeeperError
from services.runtime.priority import step_back
from services.runtime.settings import Settings, load

log = logs.get("alerts")
_TRIES = 30


def _topics(settings: Settings) -> None:
    for left in reversed(range(_TRIES)):
        try:
            create_topics(settings)
        except PacekeeperError as error:
            log.warning("broker_away", error=str(error))
            if not left:
                raise
            time.sleep(1)
        else:
            return


def _channel(settings: Settings) -> WebhookChannel | None:
    if not settings.webhook_url:
        log.info("no_webhook", hint="PACEKEEPER_WEBHOOK_URL is not set: nobody is notified")
        return None
    secret = settings.webhook_secret.get_secret_value()
    return WebhookChannel(settings.webhook_url, secret, clock.system)


def main() -> int:
    """0 when asked to stop, 70 when something failed."""
    settings = load()
    logs.configure(settings.log_level)
    # Before any other thread is there: all of this process judges what others have to write first.
    step_back()
    flag(settings).unlink(missing_ok=True)
    try:
        channel, own = _channel(settings), lamps.own(settings)
        _topics(settings)
    except (PacekeeperError, ValueError) as error:
        log.error("giving_up", reason="cannot_start", error=str(error))
        return EX_SOFTWARE
    app = make_app(settings)
    Worker(app, settings, channel, own)
    # Every dossier is thousands of objects that live together and die together.
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    level = "WARNING" if settings.log_level == "INFO" else settings.log_level
    try:
        run(app, level)
        return 0
    except SystemExit as end:
        return EX_SOFTWARE if end.code else 0
    except Exception as error:
        log.error("giving_up", reason="worker", exc_info=error)
        return EX_SOFTWARE
    finally:
        flag(settings).unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
