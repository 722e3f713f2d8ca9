"""Records that travel between the services: books, dossiers, assessments, alerts.

They are the project's own, not the contract with other programs, and are versioned by their type.
"""
