"""How what comes from outside is written, and read within limits."""
