"""Telling people: which transitions are worth a message, and the outbox that delivers it."""
