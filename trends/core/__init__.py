"""The nouns. They know numpy, pandas and scipy, and nothing else.

Each is imported on first use (``__init__.pyi``): who asks for words alone needs no table.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
