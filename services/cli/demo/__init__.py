"""The demo year: what Changzhou and Wujin published for 2023 and 2024, as events."""
