"""What `CognitoAuth` is made of, built as the settings want it."""
