"""What JSON schemas say of our models and errors."""
