"""The engine that executes tasks: cache, dependencies, worker processes and memory limits."""
