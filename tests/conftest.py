"""What every test shares."""

from hypothesis import settings

# Arithmetic on 3072-bit numbers has no steady pace; a deadline would make tests fail by the clock.
settings.register_profile("default", deadline=None)
settings.load_profile("default")
