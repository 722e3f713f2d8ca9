"""Other clients that carry the same events into the same tables, each as its documentation says."""
