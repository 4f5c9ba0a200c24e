"""Up to how many documents every road is the plain one."""

#: Documents (or texts) up to which everything is done by the slow, obvious and exact method;
#: beyond, each room has a faster one, and says what it changes.
PLAIN = 5_000
