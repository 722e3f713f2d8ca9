"""Side-by-side benchmarks: figures as text and JSON, never a test."""
