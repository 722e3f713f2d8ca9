"""What is counted and timed at the door."""

from collections import Counter as Counted

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from schemas.records.books import Verdict
from services.ingest.receipts import Entry


class Meters:
    """One set per app, on a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.requests = Counter(
            "pacekeeper_ingest_requests",
            "Requests to POST /v1/events by status",
            ["status"],
            registry=self.registry,
        )
        self.events = Counter(
            "pacekeeper_ingest_events",
            "Events by verdict",
            ["verdict"],
            registry=self.registry,
        )
        self.rejects = Counter(
            "pacekeeper_ingest_rejects",
            "Refused events by code",
            ["code"],
            registry=self.registry,
        )
        self.ack_seconds = Histogram(
            "pacekeeper_ingest_ack_seconds",
            "From the whole body read to everything acknowledged",
            buckets=(0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
            registry=self.registry,
        )

        self._by_status: dict[int, Counter] = {}
        self._by_verdict = {verdict: self.events.labels(verdict) for verdict in Verdict}

    def answered(self, status: int) -> None:
        """Count a request."""
        counter = self._by_status.get(status)
        if counter is None:
            counter = self._by_status[status] = self.requests.labels(status)
        counter.inc()

    def booked(self, books: Entry) -> None:
        """Count the verdicts of a request."""
        for verdict, count in (
            (Verdict.ACCEPTED, books.accepted),
            (Verdict.DUPLICATE, books.duplicate),
            (Verdict.REJECTED, books.rejected),
        ):
            if count:
                self._by_verdict[verdict].inc(count)
        if books.rejected:
            codes = Counted(event["code"] for event in books.events if event.get("code"))
            for code, count in codes.items():
                self.rejects.labels(code).inc(count)
