"""API keys as they are kept."""

from schemas.records.record import Moment, Record


class ApiKey(Record):
    """A key as it is kept: only its hash. Times are when it was made and when it ends."""

    key_id: str
    department: str
    scopes: tuple[str, ...]
    sha256: str
    created_at: Moment
    expires_at: Moment | None = None
