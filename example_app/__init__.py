"""An app to copy: pages with sign-up and sign-in, guarded routes, and the same for programs."""
