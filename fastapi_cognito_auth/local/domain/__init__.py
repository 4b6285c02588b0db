"""What a user pool's domain has: an authorization server, pages, stand-ins for identity providers."""
