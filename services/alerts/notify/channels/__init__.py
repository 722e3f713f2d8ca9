"""One module per way to reach a receiver."""
