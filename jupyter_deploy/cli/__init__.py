"""`jupyter deploy …`: the command line."""
