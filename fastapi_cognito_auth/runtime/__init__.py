"""What a process gives to all layers: the time, one task for many, a fresh start after a fork, ways out."""
