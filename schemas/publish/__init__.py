"""The contract as documents: JSON Schema per event type, OpenAPI of the door, AsyncAPI of the log.

`python -m schemas.publish` writes them to `schemas/published`, with `--check` it only compares.
"""
