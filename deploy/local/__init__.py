"""The embedded stack: real Kafka, the real ClickHouse engine and the services on one machine."""
