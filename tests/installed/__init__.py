"""What an app gets that installs the wheel and nothing else of this project: `make wheel`."""
