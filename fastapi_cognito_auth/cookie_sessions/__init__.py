"""Signed-in browsers: what is kept of each, and where."""
