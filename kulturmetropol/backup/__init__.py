"""One .tar file with all that the portal holds: `manifest.json`, the database, and the files that people uploaded."""
