"""What looks wrong in the figures of a series: stored and shown, never in the figures' way."""
