"""The HTTP client: paging, pacing, retries."""
