"""The routers of `CognitoAuth`, each put together when it is asked for: an app imports what it mounts."""
