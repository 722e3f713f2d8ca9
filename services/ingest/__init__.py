"""The door: takes events over HTTP, answers once they are durable."""
