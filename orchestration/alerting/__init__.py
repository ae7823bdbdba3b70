"""Alerts to people: what they say, when they are sent, and by which channel."""
