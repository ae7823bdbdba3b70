"""Erasure, salted persons, and errors without values."""
