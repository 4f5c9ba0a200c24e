"""What a topic did over time beyond more or less: curves, seasons, bursts, breaks, forecasts."""
