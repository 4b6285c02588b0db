"""What a local pool knows: plain records in tables, which are its whole state."""
