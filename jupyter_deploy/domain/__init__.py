"""Pure values and rules: no I/O, standard library only, time is an argument."""
