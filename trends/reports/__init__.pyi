from .content import Picture as Picture
from .content import Report as Report
from .html import render as render
