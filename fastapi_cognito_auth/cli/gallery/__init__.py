"""`fastapi-cognito-auth pages`: every state of every page, walked to on a local pool."""
