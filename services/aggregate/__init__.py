"""From `events` to ClickHouse: stores, derives, publishes what changed, keeps the books."""
