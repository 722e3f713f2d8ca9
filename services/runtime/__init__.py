"""Plumbing that every service shares, without a business word in it."""
