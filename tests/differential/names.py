"""What sequences speak of: few things, so that commands meet."""

KEYS = ("a", "a", "a", "a", "b", "b", "c")
WRONG_TYPE = "w"	# a key that holds something else
MISSING = "n"
GROUPS = ("g", "h")
CONSUMERS = ("x", "x", "y", "z")
FULL = 2 ** 64 - 1	# of an id's two numbers
