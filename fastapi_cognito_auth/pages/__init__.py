"""Pages for people, over cookie sessions: ready to be mounted, and made to be changed.

They are HTML that works without scripts; what scripts add is in `assets/`.
"""

from fastapi_cognito_auth.pages.look import Look

__all__ = ["Look"]
