"""Topics that were made elsewhere: taken, and tested as our own are."""
