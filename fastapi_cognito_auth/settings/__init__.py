"""What a user configures."""

from fastapi_cognito_auth.settings.keywords import LocalSettings, SettingsKeywords, TrustedPoolKeywords
from fastapi_cognito_auth.settings.settings import CognitoSettings
from fastapi_cognito_auth.settings.trusted_pool import TrustedPool

__all__ = ["CognitoSettings", "LocalSettings", "SettingsKeywords", "TrustedPool", "TrustedPoolKeywords"]
