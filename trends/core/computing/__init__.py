"""What computing needs everywhere: seeds, threads, processes, memory costs and limits."""
