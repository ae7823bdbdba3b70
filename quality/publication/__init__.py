"""The publication: all tables of a judged build become readable at once, or none."""
