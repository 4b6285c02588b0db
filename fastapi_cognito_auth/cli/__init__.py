"""The command line: `python -m fastapi_cognito_auth`."""
