"""What a night costs at scale, as ratios that travel between machines. Nothing here is a test: `make benchmarks` prints."""
