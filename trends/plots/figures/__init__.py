"""Figures of the audit, of topics, of trends and of robustness, one module per figure."""
