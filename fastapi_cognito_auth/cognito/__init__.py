"""What a user pool can do, without a web framework: one file a flow over one client."""
