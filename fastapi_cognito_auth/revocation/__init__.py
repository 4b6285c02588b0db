"""Is this token revoked? Verified offline, a token is good until it expires, unless somebody is asked."""
