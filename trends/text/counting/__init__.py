"""From words to counts of terms, in bounded memory."""
