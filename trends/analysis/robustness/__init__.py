"""Whether claims hold under other choices and with shuffled dates, and their power."""
