"""An app to copy: sign-up, sign-in and guarded routes."""
