"""How a principal comes out of a request: transports, `current_user` and its like, guards."""
