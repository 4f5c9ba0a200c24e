"""Corpora that fit no memory: files are cut into pieces, and each piece is read by itself.

A document that is read in a piece is the same as in memory. What a corpus decides as a whole is
decided before (source and columns, on the first file) or after (ids that repeat, days that stand
for no date).
"""

from trends.sources.shards.options import ShardOptions as ShardOptions
from trends.sources.shards.pieces import Piece as Piece
from trends.sources.shards.pieces import pieces as pieces
from trends.sources.shards.read import PieceReader as PieceReader
from trends.sources.shards.read import Shard as Shard
from trends.sources.shards.read import read_piece as read_piece
