"""A second reader of the git-qms format, written from docs/spec alone."""
