"""What makes the vectors of tests/vectors."""
