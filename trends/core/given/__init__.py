"""What comes from outside of the package: arguments of public functions and their values."""
