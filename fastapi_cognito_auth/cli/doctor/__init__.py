"""`fastapi-cognito-auth doctor`: the checks, by what they look at, and what is looked at."""
