"""`fastapi-cognito-auth init`: what to create on AWS, in the words of the tool that creates it."""
