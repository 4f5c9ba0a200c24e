"""The number of documents up to which every computation is the plain one."""

#: Documents (or texts) up to which everything is done by the slow, obvious and exact method;
#: beyond, each package has a faster one, and says what it changes.
PLAIN = 5_000
