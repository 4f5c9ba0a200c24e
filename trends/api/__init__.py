"""The Python interface: functions and objects for scripts and notebooks."""
