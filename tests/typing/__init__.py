"""What a type checker says of an app that uses the package."""
