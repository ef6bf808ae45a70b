"""Measurements of tidegate: speed beside its peers, and quality on public data."""
