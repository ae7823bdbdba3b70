"""A demo company behind the vendors' own APIs: what it sells, whom it serves, and how its vendors would tell it."""
