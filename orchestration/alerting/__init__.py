"""What is told to people, when, and by which channel."""
